// What an operation tells about itself beside its rows.

#include "hive_operation.hpp"

#include <cistern/error.hpp>

#include <utility>

namespace hive {
namespace {

constexpr std::int16_t kLog = 1;
constexpr std::int64_t kLogLines = 1000;
// What one call hands out at most, however much a server has to say; the rest is the next call's.
constexpr int kMostBatches = 16;
constexpr std::uint64_t kMostBytes = 16 * 1024 * 1024;
// Before this version FetchResults knows no log, and would give rows of the result instead.
constexpr int kFirstWithFetchedLog = 7;

std::vector<std::string> lines_of(const Batch& batch) {
    std::vector<std::string> lines;
    if (batch.columns.empty()) {
        return lines;
    }
    if (const auto* const texts = std::get_if<Texts>(&batch.columns.front().values)) {
        for (std::size_t row = 0; row < texts->size(); ++row) {
            lines.emplace_back((*texts)[row]);
        }
    }
    return lines;
}

}  // namespace

std::vector<std::string> HiveOperation::log() {
    if (stage_ == Stage::kClosed || user_number_ != core_->user_number()) {
        return {};
    }
    if (core_->version() < kFirstWithFetchedLog) {
        return log_by_get_log();
    }
    return log_by_fetching();
}

std::vector<std::string> HiveOperation::log_by_fetching() {
    const auto deadline = core_->call_deadline();
    std::vector<std::string> lines;
    std::uint64_t bytes = 0;
    bool goes_on = true;
    try {
        for (int batch = 1; goes_on; ++batch) {
            auto reply = fetch_rows(log_batch_, kLogLines, kLog, deadline);
            finish_batch(reply, log_batch_);
            auto more = lines_of(log_batch_);
            lines.insert(lines.end(),
                         std::make_move_iterator(more.begin()),
                         std::make_move_iterator(more.end()));
            bytes += reply.size;
            goes_on = log_batch_.rows >= static_cast<std::size_t>(kLogLines) &&
                      batch < kMostBatches && bytes < kMostBytes &&
                      !core_->place().io.clock().has_passed(deadline);
        }
        return lines;
    } catch (const StatementError&) {  // no log kept, or none yet
    }
    return lines.empty() ? log_by_get_log() : lines;
}

std::vector<std::string> HiveOperation::log_by_get_log() {
    if (!get_log_works_) {
        return {};
    }
    rpc::TGetLogReq request;
    request.operationHandle = handle_;
    rpc::TGetLogResp reply;
    try {
        core_->call("GetLog", request, reply, core_->call_deadline());
    } catch (const NotSupported&) {
        get_log_works_ = false;
        return {};
    } catch (const StatementError&) {
        return {};
    }
    std::vector<std::string> fresh;  // the server tells all of it each time
    std::string_view text = reply.log;
    for (std::size_t line = 0; !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        if (line >= log_lines_given_) {
            fresh.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    log_lines_given_ += fresh.size();
    return fresh;
}

std::string HiveOperation::query_id() {
    if (stage_ == Stage::kClosed || user_number_ != core_->user_number()) {
        return {};
    }
    rpc::TGetQueryIdReq request;
    request.operationHandle = handle_;
    rpc::TGetQueryIdResp reply;
    const auto deadline = core_->call_deadline();
    core_->close_abandoned(deadline);
    try {
        core_->rpc().call("GetQueryId", request, reply, deadline, core_->repeat());
    } catch (const NotSupported&) {
        return {};
    } catch (const CallRefused& error) {
        if (error.breaks_connection()) {
            throw;
        }
    }
    return reply.queryId;
}

}  // namespace hive
