#include "backend/asio/stack_task.hpp"

#include "backend/asio/shared_stacks.hpp"
#include "backend/task/same_process.hpp"
#include "backend/thread/steady_clock.hpp"

#include <cistern/error.hpp>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>

#include <utility>

namespace cistern {
namespace {

namespace asio = boost::asio;

// Set by whoever resumes a task, on its own stack: a task may go on in another thread after each
// wait.
constinit thread_local StackTask* running = nullptr;

asio::execution_context& context_of(const asio::any_io_executor& executor) {
    return asio::query(executor, asio::execution::context);
}

}  // namespace

void StackTask::start(const asio::any_io_executor& executor,
                      std::stop_token stop,
                      std::function<void()> work) {
    // The loop is not to end as long as the task lives.
    const auto task = std::make_shared<StackTask>(
        asio::prefer(executor, asio::execution::outstanding_work.tracked),
        std::move(stop),
        std::move(work));
    task->living_->add(task);
    try {
        task->post_resume();
    } catch (...) {
        static_cast<void>(task->living_->remove(*task));
        throw;
    }
}

std::shared_ptr<StackTask> StackTask::current() {
    return running == nullptr ? nullptr : running->shared_from_this();
}

StackTask::StackTask(asio::any_io_executor executor,
                     std::stop_token stop,
                     std::function<void()> work)
    : executor_{std::move(executor)},
      living_{LivingTasks::of(context_of(executor_))},
      stop_{std::move(stop)},
      timer_{std::in_place, executor_},
      fiber_{std::in_place, SharedStacks::instance(), std::move(work)},
      on_stop_{stop_, [this] { unpark(); }} {}

// -- On the task's own stack ----------------------------------------------------------------------

bool StackTask::park_until(Deadline deadline) {
    refuse_if_abandoned();
    auto signal = take_signal();
    if (signal == kNone) {
        until_ = deadline;
        const SameProcess process;
        fiber_->suspend();
        process.or_end();
        refuse_if_abandoned();
        signal = take_signal();
    }
    return signal == kPermit;
}

void StackTask::refuse_if_abandoned() const {
    if (is_abandoned_) {
        throw Cancelled{"the execution context of this task was destroyed while it waited"};
    }
}

StackTask::Signal StackTask::take_signal() noexcept {
    // A new number, so that a timer of an earlier wait is too late for the next one.
    auto seen = state_.load(std::memory_order_relaxed);
    while (!state_.compare_exchange_weak(
        seen, (seen | kSignals) + 1, std::memory_order_acquire, std::memory_order_relaxed)) {
    }
    return static_cast<Signal>(seen & kSignals);
}

// -- Anyone ---------------------------------------------------------------------------------------

void StackTask::unpark() noexcept {
    auto seen = state_.load(std::memory_order_relaxed);
    while (!state_.compare_exchange_weak(
        seen, (seen & ~kSignals) | kPermit, std::memory_order_acq_rel, std::memory_order_relaxed)) {
    }
    if ((seen & kSignals) == kParked) {
        post_resume();
    }
}

void StackTask::post_resume() {
    living_->unless_closed(
        [&] { asio::post(executor_, [task = shared_from_this()] { task->resume(); }); });
}

// -- On the stack of a thread that runs the executor's handlers -----------------------------------

void StackTask::resume() {
    do {
        if (std::exchange(has_timer_, false)) {
            timer_->cancel();
        }
        run_on();
        if (fiber_->has_ended()) {
            finish();
            return;
        }
        set_timer();
    } while (!try_park());
}

void StackTask::run_on() {
    auto* const outer = std::exchange(running, this);
    fiber_->resume();
    running = outer;
}

// Afterwards somebody else may have the task already.
bool StackTask::try_park() noexcept {
    auto seen = state_.load(std::memory_order_relaxed);
    while ((seen & kSignals) == kNone) {
        if (state_.compare_exchange_weak(
                seen, seen | kParked, std::memory_order_release, std::memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void StackTask::set_timer() {
    if (until_.is_never()) {
        return;
    }
    const auto wait = state_.load(std::memory_order_relaxed) & ~kSignals;
    timer_->expires_at(steady_time(until_));
    timer_->async_wait([task = shared_from_this(), wait](const boost::system::error_code& error) {
        if (!error) {
            task->on_time(wait);
        }
    });
    has_timer_ = true;
}

void StackTask::on_time(Word wait) {
    auto seen = wait | kParked;
    if (state_.compare_exchange_strong(seen, wait | kLate, std::memory_order_acq_rel)) {
        has_timer_ = false;
        resume();
        return;
    }
    // It is about to be parked, and will not be; or something else has come.
    seen = wait | kNone;
    if (!state_.compare_exchange_strong(seen, wait | kLate, std::memory_order_acq_rel) &&
        seen == (wait | kParked)) {
        on_time(wait);
    }
}

void StackTask::finish() noexcept {
    // What is left of it may outlive its context.
    timer_.reset();
    fiber_.reset();
    const auto keep = living_->remove(*this);
    executor_ = {};
}

void StackTask::abandon() noexcept {
    is_abandoned_ = true;
    if (fiber_->has_begun()) {
        run_on();
    }
    finish();
}

}  // namespace cistern
