#include "rpc/operation.hpp"

#include "rpc/row_set.hpp"
#include "rpc/session.hpp"
#include "sql/sql_error.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

namespace sandbox {
namespace {

using hive::rpc::TOperationState;
using std::chrono::milliseconds;

// A batch ends early at this size; clients must not infer anything from a short one.
constexpr std::size_t kMaxBatchBytes = 32 << 20;

std::string_view state_name(TOperationState::type state) {
    switch (state) {
        case TOperationState::INITIALIZED_STATE:
            return "INITIALIZED";
        case TOperationState::PENDING_STATE:
            return "PENDING";
        case TOperationState::RUNNING_STATE:
            return "RUNNING";
        case TOperationState::FINISHED_STATE:
            return "FINISHED";
        case TOperationState::CANCELED_STATE:
            return "CANCELED";
        case TOperationState::TIMEDOUT_STATE:
            return "TIMEDOUT";
        case TOperationState::CLOSED_STATE:
            return "CLOSED";
        default:
            return "ERROR";
    }
}

std::string with_trace(const std::string& message) {
    std::string out = "Error running query: " + message + '\n';
    for (int i = 0; i < 60; ++i) {
        out += "\tat org.example.sandbox.Pretended.method" + std::to_string(i) +
               "(Pretended.java:" + std::to_string(100 + i) + ")\n";
    }
    return out + "Caused by: java.lang.RuntimeException: " + message + "\n\t... 3 more\n";
}

Failure to_failure(const std::exception& e) {
    const auto* sql = dynamic_cast<const SqlError*>(&e);
    return sql != nullptr ? Failure{e.what(), sql->state(), sql->code()}
                          : Failure{e.what(), "HY000", 1};
}

}  // namespace

Operation::Operation(std::shared_ptr<Session> session,
                     Type type,
                     std::string statement,
                     std::chrono::seconds timeout,
                     Clocks clocks)
    : session_{std::move(session)},
      type_{type},
      statement_{std::move(statement)},
      wall_{std::move(clocks.wall)},
      control_{std::move(clocks.now)} {
    control_.set_timeout(timeout);
}

Operation::~Operation() {
    control_.cancel();
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::string Operation::query_id() const {
    return "sandbox_" + guid_text(handle_.guid);
}

void Operation::start(Compile compile, bool late, bool wait) {
    if (!late) {
        {
            const std::lock_guard lock{mutex_};
            say("Compiling: " + statement_);
        }
        const RunOptions options{&control_, session_->faults().row_delay};
        auto execution = compile(options);
        const std::lock_guard lock{mutex_};
        has_result_ = execution->has_result();
        say("Compiled");
        execution_ = std::move(execution);
    }
    if (wait) {
        run(compile);
    } else {
        thread_ = std::thread{[this, compile = std::move(compile)] { run(compile); }};
    }
}

void Operation::run(const Compile& compile) {
    {
        const std::lock_guard lock{mutex_};
        started_ = wall_now();
        if (state_ == TOperationState::PENDING_STATE) {
            state_ = TOperationState::RUNNING_STATE;
        }
        say("Executing");
    }
    try {
        const std::lock_guard running{run_mutex_};
        if (!execution_) {
            execution_ = compile(RunOptions{&control_, session_->faults().row_delay});
        }
        execution_->run();
        control_.lift_timeout();
        {
            const std::lock_guard lock{mutex_};
            has_result_ = execution_->has_result();
            affected_ = execution_->affected();
        }
        finish(TOperationState::FINISHED_STATE, std::nullopt);
    } catch (const std::exception& e) {
        finish(TOperationState::ERROR_STATE, to_failure(e));
    }
}

void Operation::finish(State state, std::optional<Failure> failure) {
    const bool trace = session_->faults().stack_trace;
    const std::lock_guard lock{mutex_};
    if (has_ended()) {
        return;  // cancelled meanwhile
    }
    completed_ = wall_now();
    state_ = state;
    // What was stopped fails with whatever it was doing.
    if (failure && control_.stop() == RunControl::Stop::kTimedOut) {
        state_ = TOperationState::TIMEDOUT_STATE;
        failure = Failure{"the statement ran longer than its query timeout", "HYT00", 1};
    } else if (failure && control_.stop() == RunControl::Stop::kCancelled) {
        state_ = TOperationState::CANCELED_STATE;
        failure.reset();
    } else if (failure && trace) {
        failure->message = with_trace(failure->message);
    }
    failure_ = std::move(failure);
    say(failure_ ? "FAILED: " + failure_->message
                 : "Completed in " + std::to_string(completed_ - started_) + " ms");
    changed_.notify_all();
}

std::int64_t Operation::wall_now() const {
    return std::chrono::duration_cast<milliseconds>(wall_().time_since_epoch()).count();
}

bool Operation::has_ended() const {
    return state_ != TOperationState::PENDING_STATE && state_ != TOperationState::RUNNING_STATE;
}

void Operation::say(const std::string& line) {
    log_.push_back("INFO  : " + query_id() + ": " + line);
}

OperationView Operation::view(milliseconds patience) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [this] { return has_ended(); });
    return {state_, failure_, has_result_, affected_, started_, completed_};
}

void Operation::cancel() {
    const std::lock_guard lock{mutex_};
    if (has_ended() && !fetching_) {
        return;
    }
    control_.cancel();
    state_ = TOperationState::CANCELED_STATE;
    completed_ = wall_now();
    say("Cancelled");
    changed_.notify_all();
}

void Operation::require_finished() {
    const std::lock_guard lock{mutex_};
    if (state_ != TOperationState::FINISHED_STATE) {
        throw SqlError{
            "Expected state FINISHED, but found " + std::string{state_name(state_)}, "HY010", 0};
    }
}

std::vector<ResultColumn> Operation::columns() {
    require_finished();
    const std::lock_guard running{run_mutex_};
    return execution_->columns();
}

Operation::Batch Operation::fetch(bool from_start, std::int64_t most) {
    require_finished();
    const std::lock_guard running{run_mutex_};
    const auto set_fetching = [this](bool on) {
        const std::lock_guard lock{mutex_};
        fetching_ = on;
    };
    const Faults faults = session_->faults();
    set_fetching(true);
    try {
        if (from_start) {
            execution_->rewind();
            delivered_ = 0;
        }
        RowSetBuilder builder{execution_->columns(), session_->version(), faults};
        const std::int64_t first = delivered_;
        pause_batch_ = faults.more_rows == MoreRows::kEmptyBatches && !pause_batch_;
        Row row;
        bool at_end = false;
        while (!pause_batch_ && delivered_ - first < most && builder.bytes() < kMaxBatchBytes) {
            if (!execution_->next(row)) {
                at_end = true;
                break;
            }
            builder.add(row);
            ++delivered_;
        }
        set_fetching(false);
        const std::size_t count = builder.rows();
        const bool more = faults.more_rows != MoreRows::kNever && !at_end;
        return {std::move(builder).finish(), count, more, delivered_};
    } catch (const std::exception&) {
        set_fetching(false);
        if (control_.stop() == RunControl::Stop::kCancelled) {
            throw SqlError{"Expected state FINISHED, but found CANCELED", "HY008", 0};
        }
        throw;
    }
}

std::vector<std::string> Operation::log(bool from_start, std::int64_t most) {
    const std::lock_guard lock{mutex_};
    log_read_ = from_start ? 0 : log_read_;
    const auto begin = log_.begin() + static_cast<std::ptrdiff_t>(log_read_);
    const auto count = std::clamp<std::int64_t>(most, 0, log_.end() - begin);
    log_read_ += static_cast<std::size_t>(count);
    return {begin, begin + count};
}

}  // namespace sandbox
