#include "rpc/service.hpp"

#include "rpc/row_set.hpp"
#include "rpc/status.hpp"

#include <cistern/version.hpp>

#include <thrift/TApplicationException.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace sandbox {

using namespace hive::rpc;
using apache::thrift::TApplicationException;

namespace {

TGetInfoValue text_value(const std::string& text) {
    TGetInfoValue value;
    value.__set_stringValue(text);
    return value;
}

// Throws SqlError for a type without an answer.
TGetInfoValue info_value(std::int32_t type) {
    switch (type) {
        case TGetInfoType::CLI_SERVER_NAME:
            return text_value("hive-sandbox");
        case TGetInfoType::CLI_DBMS_NAME:
            return text_value("Hive sandbox");
        case TGetInfoType::CLI_DBMS_VER:
            return text_value(CISTERN_VERSION);
        case TGetInfoType::CLI_ODBC_KEYWORDS:
            return text_value("DATABASE,DATABASES,DIV,OVERWRITE,RLIKE,SCHEMAS,TABLES,TINYINT");
        case TGetInfoType::CLI_IDENTIFIER_QUOTE_CHAR:
            return text_value("`");
        case TGetInfoType::CLI_MAX_COLUMN_NAME_LEN:
        case TGetInfoType::CLI_MAX_SCHEMA_NAME_LEN:
        case TGetInfoType::CLI_MAX_TABLE_NAME_LEN: {
            TGetInfoValue value;
            value.__set_lenValue(128);
            return value;
        }
        default:
            throw SqlError{"Unrecognized GetInfoType value: " + std::to_string(type), "HY096", 0};
    }
}

}  // namespace

Service::~Service() {
    if (!engine_.options().keep_sessions) {
        for (const std::string& guid : opened_) {
            engine_.close_session(guid);
        }
    }
}

void Service::begin_call() {
    outcome_ = {};
    outcome_.faults = engine_.options().faults;
}

void Service::guarded(TStatus& status, const std::function<void()>& work) {
    set_success(status);
    try {
        work();
    } catch (const HandleUnknown& e) {
        const bool special = outcome_.faults.invalid_handle_status;
        set_error(status,
                  e.what(),
                  special ? TStatusCode::INVALID_HANDLE_STATUS : TStatusCode::ERROR_STATUS);
    } catch (const SqlError& e) {
        set_error(status, e);
    } catch (const std::exception& e) {
        set_error(status, SqlError{e.what(), "HY000", 1});
    }
}

std::shared_ptr<Session> Service::find(const TSessionHandle& handle) {
    auto session = engine_.session(handle);
    outcome_.faults = session->faults();
    if (outcome_.faults.kill_session) {
        engine_.close_session(session->handle().guid);
        throw HandleUnknown{"Invalid SessionHandle: SessionHandle [" +
                            guid_text(session->handle().guid) + "]"};
    }
    return session;
}

std::shared_ptr<Operation> Service::find(const TOperationHandle& handle) {
    auto operation = engine_.operation(handle);
    outcome_.faults = operation->session().faults();
    return operation;
}

TOperationHandle Service::to_rpc(const Operation& operation, bool has_result) const {
    TOperationHandle handle;
    handle.operationId = operation.handle().to_rpc();
    handle.operationType = operation.type();
    handle.hasResultSet = has_result;
    return handle;
}

void Service::answer_unknown(const std::string& method) {
    outcome_.error = ApplicationError{TApplicationException::UNKNOWN_METHOD,
                                      "Invalid method name: '" + method + "'"};
}

void Service::CloseSession(TCloseSessionResp& out, const TCloseSessionReq& in) {
    guarded(out.status, [&] {
        const auto session = find(in.sessionHandle);
        engine_.close_session(session->handle().guid);
        opened_.erase(std::remove(opened_.begin(), opened_.end(), session->handle().guid),
                      opened_.end());
    });
}

void Service::GetInfo(TGetInfoResp& out, const TGetInfoReq& in) {
    // The union must have a member, whatever the status says: Java refuses to read an empty one.
    out.infoValue = text_value("");
    guarded(out.status, [&] {
        static_cast<void>(find(in.sessionHandle));
        out.infoValue = info_value(in.infoType);
    });
}

void Service::ExecuteStatement(TExecuteStatementResp& out, const TExecuteStatementReq& in) {
    guarded(out.status, [&] {
        const auto session = find(in.sessionHandle);
        const Faults faults = outcome_.faults;
        const auto timeout =
            std::chrono::seconds{std::clamp<std::int64_t>(in.queryTimeout, 0, 1'000'000'000)};
        auto operation = std::make_shared<Operation>(
            session, TOperationType::EXECUTE_STATEMENT, in.statement, timeout, engine_.clocks());
        auto compile_here = [&engine = engine_, session, sql = in.statement](
                                const RunOptions& options) {
            const SetHook on_set = [&session](const std::string& name, const std::string& value) {
                if (name == "sandbox.fault") {
                    session->set_faults(value);
                }
            };
            return session->with_state([&](SessionState& state) {
                return compile(sql, engine.catalog(), state, options, on_set);
            });
        };
        const bool late = faults.late_result_set || faults.stack_trace;
        operation->start(compile_here, late, !in.runAsync);
        const OperationView view = operation->view(std::chrono::milliseconds::zero());
        if (!in.runAsync && view.failure) {
            throw SqlError{view.failure->message, view.failure->state, view.failure->code};
        }
        engine_.add(operation);
        const bool has_result =
            faults.no_result_set_in_status || (view.has_result && !faults.late_result_set);
        out.__set_operationHandle(to_rpc(*operation, has_result));
    });
}

void Service::GetOperationStatus(TGetOperationStatusResp& out, const TGetOperationStatusReq& in) {
    guarded(out.status, [&] {
        const auto operation = find(in.operationHandle);
        const OperationView view = operation->view(engine_.options().long_poll);
        const bool running = view.completed == 0;
        out.__set_operationState(outcome_.faults.unknown_enum ? 99 : view.state);
        out.__set_taskStatus("[]");
        if (view.started != 0) {
            out.__set_operationStarted(view.started);
        }
        if (!running) {
            out.__set_operationCompleted(view.completed);
        }
        if (!outcome_.faults.no_result_set_in_status) {
            out.__set_hasResultSet(view.has_result);
        }
        if (view.affected) {
            out.__set_numModifiedRows(*view.affected);
        }
        if (view.failure) {
            out.__set_sqlState(view.failure->state);
            out.__set_errorCode(view.failure->code);
            out.__set_errorMessage(view.failure->message);
        }
        if (in.getProgressUpdate) {
            TProgressUpdateResp progress;
            // The nine columns that beeline's table has room for.
            progress.headerNames = {"VERTICES",
                                    "MODE",
                                    "STATUS",
                                    "TOTAL",
                                    "COMPLETED",
                                    "RUNNING",
                                    "PENDING",
                                    "FAILED",
                                    "KILLED"};
            progress.rows = {{"SQLite ........",
                              "sandbox",
                              running ? "RUNNING" : "SUCCEEDED",
                              "1",
                              running ? "0" : "1",
                              running ? "1" : "0",
                              "0",
                              "0",
                              "0"}};
            progress.progressedPercentage = running ? 0.5 : 1.0;
            progress.status =
                running ? TJobExecutionStatus::IN_PROGRESS : TJobExecutionStatus::COMPLETE;
            progress.footerSummary = running ? "VERTICES: 00/01" : "VERTICES: 01/01";
            progress.startTime = view.started;
            out.__set_progressUpdateResponse(progress);
        }
    });
}

void Service::CancelOperation(TCancelOperationResp& out, const TCancelOperationReq& in) {
    guarded(out.status, [&] { find(in.operationHandle)->cancel(); });
}

void Service::CloseOperation(TCloseOperationResp& out, const TCloseOperationReq& in) {
    guarded(out.status, [&] { engine_.close_operation(find(in.operationHandle)->handle().guid); });
}

void Service::GetResultSetMetadata(TGetResultSetMetadataResp& out,
                                   const TGetResultSetMetadataReq& in) {
    guarded(out.status, [&] {
        const auto operation = find(in.operationHandle);
        static_cast<void>(operation->view(engine_.options().long_poll));
        out.__set_schema(make_schema(operation->columns(), outcome_.faults));
    });
}

void Service::FetchResults(TFetchResultsResp& out, const TFetchResultsReq& in) {
    guarded(out.status, [&] {
        const auto operation = find(in.operationHandle);
        const bool from_start = in.orientation == TFetchOrientation::FETCH_FIRST;
        if (!from_start && in.orientation != TFetchOrientation::FETCH_NEXT) {
            throw SqlError{"The fetch type " + std::to_string(in.orientation) +
                               " is not supported for this resultset (there are NEXT and FIRST)",
                           "HY106",
                           0};
        }
        const std::int64_t most =
            std::clamp<std::int64_t>(in.maxRows, 0, engine_.options().fetch_cap);
        constexpr std::int16_t kLog = 1;
        if (in.fetchType == kLog) {
            const std::vector<ResultColumn> columns{{"operation_log", {TypeId::kString}}};
            RowSetBuilder builder{columns, operation->session().version(), outcome_.faults};
            for (std::string& line : operation->log(from_start, most)) {
                Row row{std::move(line)};
                builder.add(row);
            }
            out.__set_hasMoreRows(false);
            out.__set_results(std::move(builder).finish());
            return;
        }
        fetch_rows(out, *operation, from_start, most);
    });
}

void Service::fetch_rows(TFetchResultsResp& out,
                         Operation& operation,
                         bool from_start,
                         std::int64_t most) {
    Operation::Batch batch = operation.fetch(from_start, most);
    const Faults& faults = outcome_.faults;
    if (faults.lose_operation_after_rows && batch.delivered >= *faults.lose_operation_after_rows) {
        engine_.close_operation(operation.handle().guid);
    }
    outcome_.drop = faults.drop_after_rows && batch.delivered > *faults.drop_after_rows;
    out.__set_hasMoreRows(batch.more);
    out.results = std::move(batch.rows);
    out.__isset.results = true;
}

void Service::GetQueryId(TGetQueryIdResp& out, const TGetQueryIdReq& in) {
    // This reply has no status.
    try {
        out.queryId = find(in.operationHandle)->query_id();
    } catch (const HandleUnknown& e) {
        outcome_.error =
            ApplicationError{TApplicationException::INTERNAL_ERROR,
                             "Internal error processing GetQueryId: " + std::string{e.what()}};
    }
}

void Service::SetClientInfo(TSetClientInfoResp& out, const TSetClientInfoReq& in) {
    guarded(out.status, [&] { static_cast<void>(find(in.sessionHandle)); });
}

void Service::GetDelegationToken(TGetDelegationTokenResp& out, const TGetDelegationTokenReq&) {
    set_error(out.status, "Delegation token is not supported");
}

void Service::CancelDelegationToken(TCancelDelegationTokenResp& out,
                                    const TCancelDelegationTokenReq&) {
    set_error(out.status, "Delegation token is not supported");
}

void Service::RenewDelegationToken(TRenewDelegationTokenResp& out,
                                   const TRenewDelegationTokenReq&) {
    set_error(out.status, "Delegation token is not supported");
}

void Service::UploadData(TUploadDataResp&, const TUploadDataReq&) {
    answer_unknown("UploadData");
}

void Service::DownloadData(TDownloadDataResp&, const TDownloadDataReq&) {
    answer_unknown("DownloadData");
}

void Service::GetLog(TGetLogResp&, const TGetLogReq&) {
    answer_unknown("GetLog");
}

}  // namespace sandbox
