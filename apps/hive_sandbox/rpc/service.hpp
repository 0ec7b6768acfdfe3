#pragma once

#include "hive_rpc/TCLIService.h"
#include "rpc/engine.hpp"
#include "rpc/faults.hpp"
#include "rpc/metadata.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// A reply that is a TApplicationException.
struct ApplicationError {
    int type;
    std::string text;
};

// What one call does to its connection, beside its reply.
struct CallOutcome {
    Faults faults{};  // of the session the call was for, as they were before it
    std::optional<ApplicationError> error{};
    bool drop = false;  // end the connection instead of replying
};

// The methods of HiveServer2, for one connection. What goes wrong becomes a status; nothing is
// thrown.
//
// Thread safety:  none; there is one per connection.
class Service final : public hive::rpc::TCLIServiceIf {
public:
    // `user`: who logged in; empty when the transport asked nobody.
    Service(Engine& engine, std::string user) : engine_{engine}, user_{std::move(user)} {}
    ~Service() override;

    void begin_call();
    [[nodiscard]] const CallOutcome& outcome() const noexcept { return outcome_; }

    void OpenSession(hive::rpc::TOpenSessionResp& out,
                     const hive::rpc::TOpenSessionReq& in) override;
    void CloseSession(hive::rpc::TCloseSessionResp& out,
                      const hive::rpc::TCloseSessionReq& in) override;
    void GetInfo(hive::rpc::TGetInfoResp& out, const hive::rpc::TGetInfoReq& in) override;
    void ExecuteStatement(hive::rpc::TExecuteStatementResp& out,
                          const hive::rpc::TExecuteStatementReq& in) override;
    void GetTypeInfo(hive::rpc::TGetTypeInfoResp& out,
                     const hive::rpc::TGetTypeInfoReq& in) override;
    void GetCatalogs(hive::rpc::TGetCatalogsResp& out,
                     const hive::rpc::TGetCatalogsReq& in) override;
    void GetSchemas(hive::rpc::TGetSchemasResp& out, const hive::rpc::TGetSchemasReq& in) override;
    void GetTables(hive::rpc::TGetTablesResp& out, const hive::rpc::TGetTablesReq& in) override;
    void GetTableTypes(hive::rpc::TGetTableTypesResp& out,
                       const hive::rpc::TGetTableTypesReq& in) override;
    void GetColumns(hive::rpc::TGetColumnsResp& out, const hive::rpc::TGetColumnsReq& in) override;
    void GetFunctions(hive::rpc::TGetFunctionsResp& out,
                      const hive::rpc::TGetFunctionsReq& in) override;
    void GetPrimaryKeys(hive::rpc::TGetPrimaryKeysResp& out,
                        const hive::rpc::TGetPrimaryKeysReq& in) override;
    void GetCrossReference(hive::rpc::TGetCrossReferenceResp& out,
                           const hive::rpc::TGetCrossReferenceReq& in) override;
    void GetOperationStatus(hive::rpc::TGetOperationStatusResp& out,
                            const hive::rpc::TGetOperationStatusReq& in) override;
    void CancelOperation(hive::rpc::TCancelOperationResp& out,
                         const hive::rpc::TCancelOperationReq& in) override;
    void CloseOperation(hive::rpc::TCloseOperationResp& out,
                        const hive::rpc::TCloseOperationReq& in) override;
    void GetResultSetMetadata(hive::rpc::TGetResultSetMetadataResp& out,
                              const hive::rpc::TGetResultSetMetadataReq& in) override;
    void FetchResults(hive::rpc::TFetchResultsResp& out,
                      const hive::rpc::TFetchResultsReq& in) override;
    void GetDelegationToken(hive::rpc::TGetDelegationTokenResp& out,
                            const hive::rpc::TGetDelegationTokenReq& in) override;
    void CancelDelegationToken(hive::rpc::TCancelDelegationTokenResp& out,
                               const hive::rpc::TCancelDelegationTokenReq& in) override;
    void RenewDelegationToken(hive::rpc::TRenewDelegationTokenResp& out,
                              const hive::rpc::TRenewDelegationTokenReq& in) override;
    void GetQueryId(hive::rpc::TGetQueryIdResp& out, const hive::rpc::TGetQueryIdReq& in) override;
    void SetClientInfo(hive::rpc::TSetClientInfoResp& out,
                       const hive::rpc::TSetClientInfoReq& in) override;
    void UploadData(hive::rpc::TUploadDataResp& out, const hive::rpc::TUploadDataReq& in) override;
    void DownloadData(hive::rpc::TDownloadDataResp& out,
                      const hive::rpc::TDownloadDataReq& in) override;
    void GetLog(hive::rpc::TGetLogResp& out, const hive::rpc::TGetLogReq& in) override;

private:
    // Runs `work`; what it throws ends up in `status`.
    void guarded(hive::rpc::TStatus& status, const std::function<void()>& work);
    [[nodiscard]] std::shared_ptr<Session> find(const hive::rpc::TSessionHandle& handle);
    [[nodiscard]] std::shared_ptr<Operation> find(const hive::rpc::TOperationHandle& handle);
    [[nodiscard]] hive::rpc::TOperationHandle to_rpc(const Operation& operation,
                                                     bool has_result) const;
    void answer_unknown(const std::string& method);

    // A metadata call: `make` gives its rows.
    template <typename Out, typename In>
    void metadata(Out& out,
                  const In& in,
                  Operation::Type type,
                  std::function<std::unique_ptr<Execution>()> make);

    [[nodiscard]] std::shared_ptr<Session> open(const hive::rpc::TOpenSessionReq& in);
    [[nodiscard]] int negotiate(const hive::rpc::TOpenSessionReq& in);
    void fetch_rows(hive::rpc::TFetchResultsResp& out,
                    Operation& operation,
                    bool from_start,
                    std::int64_t most);

    Engine& engine_;
    std::string user_;
    std::vector<std::string> opened_;
    CallOutcome outcome_;
};

}  // namespace sandbox
