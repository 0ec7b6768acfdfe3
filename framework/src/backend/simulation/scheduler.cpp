#include "backend/simulation/scheduler.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace cistern::simulation {
namespace {

thread_local Scheduler* running_here = nullptr;

}  // namespace

Scheduler::Scheduler(SeededRandom& random, Tuning tuning, std::shared_ptr<StackPool> stacks)
    : random_{random}, tuning_{tuning}, stacks_{std::move(stacks)} {}

Scheduler::~Scheduler() {
    is_ending_ = true;
    while (!tasks_.empty()) {
        const auto task = tasks_.back();
        task->is_cancelled_ = true;
        if (!task->fiber_.has_begun()) {
            std::erase(tasks_, task);
        } else {
            resume(*task);
        }
    }
}

// -- Tasks ----------------------------------------------------------------------------------------

std::shared_ptr<Task> Scheduler::spawn(std::string name, std::function<void()> work) {
    const auto guarded = [this, work = std::move(work)]() mutable {
        try {
            work();
        } catch (const Cancelled&) {
            // It was told to end, and ends.
        }
        work = nullptr;
    };
    auto task = std::make_shared<Task>(*this, stacks_, ++tasks_made_, std::move(name), guarded);
    if (!is_ending_) {
        tasks_.push_back(task);
        ready_.push_back(task.get());
        note("spawn", task->number());
    }
    return task;
}

void Scheduler::wake(Task& task) noexcept {
    if (task.waits_in_ != nullptr && !task.was_woken_) {
        task.was_woken_ = true;
        ready_.push_back(&task);
    }
}

void Scheduler::resume(Task& task) {
    const auto keep = task.shared_from_this();
    current_ = &task;
    Scheduler* const outer = std::exchange(running_here, this);
    task.fiber_.resume();
    running_here = outer;
    current_ = nullptr;
    if (task.has_ended()) {
        note("end", 0);
        std::erase(tasks_, keep);
    }
}

void Scheduler::switch_out() noexcept {
    current_->fiber_.suspend();
}

void Scheduler::yield_point(const char* where) noexcept {
    if (current_ == nullptr || locks_held_ > 0 || is_ending_) {
        return;
    }
    note(where, 0);
    look(on_step_);
    // A run that is over is left here for good.
    const bool is_preempted = !ready_.empty() && random_.percent(tuning_.preempt_percent);
    if (is_over() || is_preempted) {
        ready_.push_back(current_);
        switch_out();
    }
}

bool Scheduler::wait_until(Deadline deadline, const char* where) {
    Task& task = *current_;
    if (is_ending_) {
        throw Cancelled{"the simulation ends"};
    }
    task.throw_if_cancelled();
    if (deadline.since_clock_epoch() <= now_) {
        return false;
    }
    note("wait", static_cast<std::uint64_t>(deadline.since_clock_epoch().count()));
    task.waits_in_ = where;
    task.waits_since_ = now_;
    task.waits_until_ = deadline;
    task.was_woken_ = false;
    ++task.wait_;
    if (!deadline.is_never()) {
        add_timer({.at = deadline.since_clock_epoch(),
                   .sleeper = task.weak_from_this(),
                   .wait = task.wait_});
    }
    look(on_step_);
    switch_out();
    task.waits_in_ = nullptr;
    if (is_ending_) {
        throw Cancelled{"the simulation ends"};
    }
    task.throw_if_cancelled();
    return now_ < deadline.since_clock_epoch();
}

void Scheduler::sleep_until(Deadline deadline) {
    while (wait_until(deadline, "sleep")) {
        // Woken for something else.
    }
}

bool Scheduler::is_woken_for_nothing() noexcept {
    return random_.percent(tuning_.spurious_percent);
}

// -- Time -----------------------------------------------------------------------------------------

void Scheduler::at(std::chrono::nanoseconds at, std::function<void()> event) {
    add_timer({.at = std::max(at, now_), .event = std::move(event)});
}

void Scheduler::add_timer(Timer timer) {
    timer.tie = random_.next();
    timers_.push_back(std::move(timer));
    std::push_heap(timers_.begin(), timers_.end());
}

bool Scheduler::Timer::is_stale() const noexcept {
    if (event) {
        return false;
    }
    const auto task = sleeper.lock();
    return task == nullptr || task->has_ended() || task->wait_ != wait || task->was_woken_ ||
           !task->is_waiting();
}

// To the next moment at which anything happens, and through all that happens then.
bool Scheduler::let_time_pass() {
    bool has_fired = false;
    while (!timers_.empty()) {
        if (has_fired && timers_.front().at > now_) {
            break;
        }
        std::pop_heap(timers_.begin(), timers_.end());
        const Timer timer = std::move(timers_.back());
        timers_.pop_back();
        if (!timer.is_stale()) {
            now_ = std::max(now_, timer.at);
            has_fired = true;
            fire(timer);
        }
    }
    return has_fired;
}

void Scheduler::fire(const Timer& timer) {
    if (timer.event) {
        timer.event();
    } else if (const auto task = timer.sleeper.lock()) {
        wake(*task);
    }
}

// -- The run --------------------------------------------------------------------------------------

Scheduler::Ending Scheduler::run() {
    while (!is_over()) {
        if (ready_.empty()) {
            if (tasks_.empty()) {
                return Ending::kDone;
            }
            look(on_quiet_);
            if (is_over()) {
                break;
            }
            if (!let_time_pass()) {
                return Ending::kStuck;
            }
            continue;
        }
        if (trace_.length() > tuning_.max_steps || now_ - beginning() > tuning_.max_time) {
            return Ending::kTooLong;
        }
        std::swap(ready_[random_.below(ready_.size())], ready_.back());
        Task& next = *ready_.back();
        ready_.pop_back();
        resume(next);
    }
    return Ending::kStopped;
}

// What a watcher calls is not interrupted.
void Scheduler::look(const Watcher& watcher) {
    if (watcher && !is_over()) {
        Task* const task = std::exchange(current_, nullptr);
        watcher();
        current_ = task;
    }
}

void Scheduler::stop_for(std::string reason) {
    if (reason_.empty()) {
        reason_ = std::move(reason);
    }
}

void Scheduler::note(const char* what, std::uint64_t detail) noexcept {
    trace_.note(now_, current_ != nullptr ? current_->number() : 0, what, detail);
}

std::string Scheduler::waiting() const {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    std::string text;
    for (const auto& task : tasks_) {
        text += "  task " + std::to_string(task->number()) + " (" + task->name() + ") ";
        if (!task->is_waiting()) {
            text += "is ready\n";
            continue;
        }
        std::array<char, 120> line{};
        std::snprintf(line.data(),
                      line.size(),
                      "waits in %s since %.3f ms",
                      task->waits_in_,
                      Milliseconds{task->waits_since_ - beginning()}.count());
        text += line.data();
        if (task->waits_until_.is_never()) {
            text += ", without a deadline\n";
        } else {
            std::snprintf(
                line.data(),
                line.size(),
                ", until %.3f ms\n",
                Milliseconds{task->waits_until_.since_clock_epoch() - beginning()}.count());
            text += line.data();
        }
    }
    return text;
}

// -- Locks ----------------------------------------------------------------------------------------

Scheduler* Scheduler::running() noexcept {
    return running_here;
}

void Scheduler::before_lock() noexcept {
    if (current_ != nullptr) {
        yield_point("lock");
        ++locks_held_;
    }
}

void Scheduler::after_unlock() noexcept {
    if (current_ != nullptr && locks_held_ > 0) {
        --locks_held_;
        yield_point("unlock");
    }
}

}  // namespace cistern::simulation
