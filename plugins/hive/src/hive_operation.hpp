#pragma once

#include "fetch_reader.hpp"
#include "poll_pause.hpp"
#include "row_set.hpp"
#include "session_core.hpp"

#include <cistern/hive/session.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace hive {

// One operation on the server. The contract is Operation's.
class HiveOperation final : public Operation {
public:
    HiveOperation(std::shared_ptr<SessionCore> core, rpc::TOperationHandle handle);
    ~HiveOperation() override;

    Status poll() override;
    void wait(std::optional<cistern::Timeout> timeout) override;
    [[nodiscard]] bool has_result() const noexcept override;
    [[nodiscard]] std::optional<std::int64_t> affected_rows() const noexcept override;
    const std::vector<ColumnInfo>& columns() override;
    bool fetch(Batch& batch) override;
    std::vector<std::string> log() override;
    std::string query_id() override;
    void cancel() override;
    void close() override;

private:
    static constexpr const char* kCancelledText = "hive: the statement was cancelled";

    enum class Stage { kRunning, kFinished, kFailed, kClosed };

    void begin();
    void await_finish();
    [[nodiscard]] Status ask(cistern::Deadline deadline);
    [[nodiscard]] Status understand(const rpc::TGetOperationStatusResp& reply);
    [[nodiscard]] rpc::TFetchResultsReq fetch_request(std::int64_t max_rows,
                                                      std::int16_t what) const;
    [[nodiscard]] bool fetch_until_rows(Batch& batch);
    [[nodiscard]] FetchReply next_rows(Batch& batch);
    [[nodiscard]] FetchReply fetch_rows(Batch& batch,
                                        std::int64_t max_rows,
                                        std::int16_t what,
                                        cistern::Deadline deadline);
    // Throws what the reply that `reader` has got says of its statement.
    [[nodiscard]] FetchReply accept(FetchReader& reader, Batch& batch);
    void ask_for_next();
    void leave_nothing_unread();
    // A server words the end of a cancelled statement as an error of its own, and differently in
    // each of its calls.
    template <class Call>
    auto unless_cancelled(Call call) -> decltype(call()) {
        try {
            return call();
        } catch (const StatementError&) {
            if (cancelled_) {
                throw StatementCancelled{kCancelledText};
            }
            throw;
        }
    }
    [[nodiscard]] std::vector<std::string> log_by_fetching();
    [[nodiscard]] std::vector<std::string> log_by_get_log();
    void adapt_fetch_size(std::size_t rows, std::uint64_t size) noexcept;
    [[noreturn]] void end_cancelled(const std::string& why);

    const std::shared_ptr<SessionCore> core_;
    const rpc::TOperationHandle handle_;
    const std::uint64_t user_number_;
    std::atomic<bool> cancelled_{false};  // by cancel(), on whatever thread

    PollPause pause_;
    Stage stage_ = Stage::kRunning;
    bool status_says_result_ = false;
    bool at_end_ = false;
    std::optional<std::int64_t> affected_rows_;
    std::optional<std::vector<ColumnInfo>> columns_;
    std::int64_t fetch_size_;
    bool reads_on_ = false;  // the caller has come back for more rows
    FetchReader ahead_;
    bool get_log_works_ = true;
    std::size_t log_lines_given_ = 0;
    Batch log_batch_;
};

}  // namespace hive
