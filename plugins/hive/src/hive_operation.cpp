#include "hive_operation.hpp"

#include "table_schema.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hive {
namespace {

constexpr std::int16_t kQueryOutput = 0;
// A batch larger than this makes the next one ask for fewer rows: rows may be wide.
constexpr std::uint64_t kLargeBatch = 32 * 1024 * 1024;
constexpr int kFirstWithProgress = 10;
constexpr const char* kCancelledText = "hive: the statement was cancelled";

State state_of(std::int32_t state) {
    switch (state) {
        case rpc::TOperationState::INITIALIZED_STATE:
        case rpc::TOperationState::PENDING_STATE:
            return State::kPending;
        case rpc::TOperationState::RUNNING_STATE:
            return State::kRunning;
        case rpc::TOperationState::FINISHED_STATE:
        case rpc::TOperationState::CLOSED_STATE:
            return State::kFinished;
        case rpc::TOperationState::CANCELED_STATE:
            return State::kCanceled;
        case rpc::TOperationState::ERROR_STATE:
        case rpc::TOperationState::UKNOWN_STATE:
            return State::kFailed;
        case rpc::TOperationState::TIMEDOUT_STATE:
            return State::kTimedOut;
        default:
            return State::kUnknown;
    }
}

std::optional<Progress> progress_of(const rpc::TGetOperationStatusResp& reply) {
    const auto& told = reply.progressUpdateResponse;
    if (!reply.__isset.progressUpdateResponse || told.headerNames.empty()) {
        return std::nullopt;
    }
    return Progress{told.headerNames, told.rows, told.progressedPercentage, told.footerSummary};
}

}  // namespace

HiveOperation::HiveOperation(std::shared_ptr<SessionCore> core, rpc::TOperationHandle handle)
    : core_{std::move(core)},
      handle_{std::move(handle)},
      user_number_{core_->user_number()},
      pause_{core_->place().io},
      fetch_size_{core_->place().spec->fetch_size} {
    if (handle_.__isset.modifiedRowCount && handle_.modifiedRowCount >= 0) {
        affected_rows_ = std::llround(handle_.modifiedRowCount);
    }
    core_->track(handle_);
}

HiveOperation::~HiveOperation() {
    core_->abandon(handle_);
}

Status HiveOperation::poll() {
    begin();
    if (stage_ == Stage::kFinished) {
        return {State::kFinished};
    }
    const auto deadline = core_->call_deadline();
    pause_.wait(deadline);
    begin();  // somebody may have cancelled meanwhile
    return ask(deadline);
}

void HiveOperation::wait(std::optional<cistern::Timeout> timeout) {
    begin();
    auto& io = core_->place().io;
    const auto until = timeout ? io.clock().deadline_after(*timeout) : cistern::Deadline::never();
    while (stage_ == Stage::kRunning) {
        pause_.wait(until);
        begin();
        // Not asked in vain: an answer that comes too late would take the connection with it.
        if (timeout && io.clock().has_passed(until)) {
            throw cistern::DeadlineExceeded{"hive: the statement is still running",
                                            {.outcome_unknown = true, .is_transient = true}};
        }
        static_cast<void>(ask(std::min(until, core_->call_deadline())));
    }
}

void HiveOperation::begin() const {
    if (user_number_ != core_->user_number()) {
        throw cistern::Error{"hive: an operation was used after its lease had ended"};
    }
    if (cancelled_) {
        throw StatementCancelled{kCancelledText};
    }
    if (stage_ == Stage::kFailed || stage_ == Stage::kClosed) {
        throw cistern::Error{
            "hive: the operation has ended: it failed, was cancelled or was closed"};
    }
}

void HiveOperation::await_finish() {
    begin();
    if (stage_ == Stage::kRunning) {
        wait({});
    }
}

Status HiveOperation::ask(cistern::Deadline deadline) {
    rpc::TGetOperationStatusReq request;
    request.operationHandle = handle_;
    if (core_->version() >= kFirstWithProgress) {
        request.__set_getProgressUpdate(true);
    }
    rpc::TGetOperationStatusResp reply;
    return unless_cancelled([&] {
        core_->call("GetOperationStatus", request, reply, deadline);
        return understand(reply);
    });
}

// A server words the end of a cancelled statement as an error of its own, and differently in each
// of its calls.
template <class Call>
auto HiveOperation::unless_cancelled(Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const StatementError&) {
        if (cancelled_) {
            throw StatementCancelled{kCancelledText};
        }
        throw;
    }
}

Status HiveOperation::understand(const rpc::TGetOperationStatusResp& reply) {
    auto state = reply.__isset.operationState ? state_of(reply.operationState) : State::kUnknown;
    if (state == State::kUnknown && reply.operationCompleted > 0) {
        state = State::kFinished;  // however it ended: if badly, the next call will tell
    }
    switch (state) {
        case State::kFinished:
            stage_ = Stage::kFinished;
            status_says_result_ = reply.__isset.hasResultSet && reply.hasResultSet;
            if (reply.__isset.numModifiedRows && reply.numModifiedRows >= 0) {
                affected_rows_ = reply.numModifiedRows;
            }
            break;
        case State::kCanceled:
            end_cancelled(kCancelledText);
        case State::kTimedOut:
            end_cancelled("hive: the statement ran into its query timeout");
        case State::kFailed:
            stage_ = Stage::kFailed;
            throw_failure(reply, core_->rpc());
        default:
            pause_.not_yet();
            break;
    }
    return {state, progress_of(reply)};
}

void HiveOperation::end_cancelled(const std::string& why) {
    stage_ = Stage::kFailed;
    throw StatementCancelled{why};
}

bool HiveOperation::has_result() const noexcept {
    return handle_.hasResultSet || status_says_result_;
}

std::optional<std::int64_t> HiveOperation::affected_rows() const noexcept {
    return affected_rows_;
}

const std::vector<ColumnInfo>& HiveOperation::columns() {
    await_finish();
    if (!columns_) {
        rpc::TGetResultSetMetadataReq request;
        request.operationHandle = handle_;
        rpc::TGetResultSetMetadataResp reply;
        unless_cancelled(
            [&] { core_->call("GetResultSetMetadata", request, reply, core_->call_deadline()); });
        columns_ = columns_of(reply.schema);
    }
    return *columns_;
}

bool HiveOperation::fetch(Batch& batch) {
    await_finish();
    batch.rows = 0;
    if (at_end_ || !has_result()) {
        batch.columns.clear();
        return false;
    }
    PollPause pause{core_->place().io};
    while (true) {
        pause.wait(cistern::Deadline::never());
        begin();
        const auto reply = unless_cancelled(
            [&] { return fetch_rows(batch, fetch_size_, kQueryOutput, core_->call_deadline()); });
        if (reply.is_serialised) {
            throw NotSupported{
                "hive: the server serialises results in its tasks, which the hive plugin does not "
                "read; set conf.hive.server2.thrift.resultset.serialize.in.tasks = false"};
        }
        if (batch.rows > 0) {
            adapt_fetch_size(batch.rows);
            return true;
        }
        if (!reply.has_more) {
            at_end_ = true;
            return false;
        }
        pause.not_yet();
    }
}

FetchReply HiveOperation::fetch_rows(Batch& batch,
                                     std::int64_t max_rows,
                                     std::int16_t what,
                                     cistern::Deadline deadline) {
    rpc::TFetchResultsReq request;
    request.operationHandle = handle_;
    request.orientation = rpc::TFetchOrientation::FETCH_NEXT;
    request.maxRows = max_rows;
    request.__set_fetchType(what);
    core_->close_abandoned(deadline);
    FetchReply reply;
    core_->rpc().exchange(
        "FetchResults",
        [&](LimitedProtocol& protocol) { request.write(&protocol); },
        [&](LimitedProtocol& protocol) { read_fetch_reply(protocol, reply, batch); },
        deadline,
        core_->repeat());
    core_->check(reply.status);
    return reply;
}

void HiveOperation::adapt_fetch_size(std::size_t rows) noexcept {
    const auto size = core_->rpc().last_reply_size();
    if (size > kLargeBatch) {
        const auto fitting = static_cast<std::uint64_t>(rows) * kLargeBatch / size;
        fetch_size_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(fitting));
    }
}

void HiveOperation::cancel() {
    const auto& place = core_->place();
    const auto deadline = place.io.clock().deadline_after(place.spec->call_timeout);
    const auto second = dial(place.io, *place.spec, place.host, deadline);
    rpc::TCancelOperationReq request;
    request.operationHandle = handle_;
    rpc::TCancelOperationResp reply;
    cancelled_ = true;  // before the server knows: whoever waits may hear of it first
    try {
        second->call("CancelOperation", request, reply, deadline);
        check_status(reply.status, *second);
    } catch (const HandleLost&) {
        return;  // it has ended already
    } catch (...) {
        cancelled_ = false;
        throw;
    }
}

void HiveOperation::close() {
    if (stage_ == Stage::kClosed || user_number_ != core_->user_number()) {
        return;
    }
    stage_ = Stage::kClosed;
    core_->abandon(handle_);
    core_->close_abandoned(core_->call_deadline());
}

}  // namespace hive
