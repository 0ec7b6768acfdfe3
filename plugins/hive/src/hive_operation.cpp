#include "hive_operation.hpp"

#include "table_schema.hpp"

#include <cistern/error.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace hive {
namespace {

constexpr int kFirstWithProgress = 10;

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
    core_->rpc().disown(ahead_);
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

void HiveOperation::begin() {
    if (user_number_ != core_->user_number()) {
        throw cistern::Error{"hive: an operation was used after its lease had ended"};
    }
    if (cancelled_) {
        leave_nothing_unread();
        throw StatementCancelled{kCancelledText};
    }
    if (stage_ == Stage::kFailed || stage_ == Stage::kClosed) {
        throw cistern::Error{
            "hive: the operation has ended: it failed, was cancelled or was closed"};
    }
}

// For whoever hears of the cancel and leaves: the connection shall be of use to the next user.
void HiveOperation::leave_nothing_unread() {
    try {
        core_->rpc().settle(core_->call_deadline());
    } catch (const cistern::Cancelled&) {
        throw;
    } catch (const cistern::Error&) {  // the connection knows that it is lost
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
    core_->rpc().disown(ahead_);
    core_->abandon(handle_);
    core_->close_abandoned(core_->call_deadline());
}

}  // namespace hive
