#include "backend/simulation/scheduler.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

namespace cistern::simulation {
namespace {

thread_local Scheduler* running_here = nullptr;

constexpr Access kShared{.kind = Access::Kind::kWrite, .is_locked = true};

}  // namespace

Scheduler::Scheduler(SeededRandom& random, Tuning tuning, std::shared_ptr<StackPool> stacks)
    : random_{random}, tuning_{tuning}, stacks_{std::move(stacks)} {}

Scheduler::~Scheduler() {
    is_ending_ = true;
    while (!tasks_.empty()) {
        // Who has a lock first: others may want it.
        const auto owner = std::find_if(
            tasks_.begin(), tasks_.end(), [](const auto& task) { return task->locks_held_ > 0; });
        const auto task = owner != tasks_.end() ? *owner : tasks_.back();
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
    exchange_thread_locals(task);
    task.fiber_.resume();
    exchange_thread_locals(task);
    running_here = outer;
    current_ = nullptr;
    if (task.has_ended()) {
        note("end", 0);
        std::erase(tasks_, keep);
    }
}

void Scheduler::exchange_thread_locals(Task& task) noexcept {
    if (thread_locals_.empty()) {
        return;
    }
    task.thread_locals_.resize(thread_locals_.size());
    others_locals_.resize(thread_locals_.size());
    std::memcpy(others_locals_.data(), thread_locals_.data(), thread_locals_.size());
    std::memcpy(thread_locals_.data(), task.thread_locals_.data(), thread_locals_.size());
    task.thread_locals_.swap(others_locals_);
}

void Scheduler::switch_out() noexcept {
    current_->fiber_.suspend();
}

void Scheduler::yield_point(const char* where, Access access) noexcept {
    if (current_ != nullptr && current_->locks_held_ == 0 && !is_ending_) {
        interrupt(where, access);
    }
}

void Scheduler::before_access(const void* atomic, bool writes) noexcept {
    if (current_ != nullptr && !is_ending_) {
        interrupt("lane",
                  {.atomic = atomic,
                   .kind = writes ? Access::Kind::kWrite : Access::Kind::kRead,
                   .is_locked = current_->locks_held_ > 0});
    }
}

void Scheduler::interrupt(const char* where, Access access) noexcept {
    Task& task = *current_;
    note(where, 0);
    look(on_step_);
    const bool is_preempted = guide_ != nullptr
                                  ? access.kind != Access::Kind::kNone
                                  : !ready_.empty() && random_.percent(tuning_.preempt_percent);
    // A run that is over is left here for good.
    if (is_over() || is_preempted) {
        interrupted_ = &task;
        ready_.push_back(&task);
        switch_out();
    }
    if (guide_ != nullptr && access.kind != Access::Kind::kNone) {
        guide_->goes_on(task, access);
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
    if (guide_ != nullptr && std::string_view{where} != "sleep") {
        guide_->goes_on(task, kShared);
    }
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
        resume(take_next());
    }
    return Ending::kStopped;
}

bool Scheduler::can_go_on(const Task& task) const noexcept {
    return task.wants_lock_ == nullptr ||
           std::find(locks_held_.begin(), locks_held_.end(), task.wants_lock_) == locks_held_.end();
}

Task& Scheduler::take_next() {
    std::swap(ready_[choose_next()], ready_.back());
    Task& next = *ready_.back();
    ready_.pop_back();
    interrupted_ = nullptr;
    return next;
}

// Nobody waits while he has a lock, so that some task can always go on.
std::size_t Scheduler::choose_next() {
    if (guide_ == nullptr) {
        auto index = random_.below(ready_.size());
        while (!can_go_on(*ready_[index])) {
            index = (index + 1) % ready_.size();
        }
        return index;
    }
    candidates_.clear();
    std::copy_if(ready_.begin(), ready_.end(), std::back_inserter(candidates_), [&](Task* task) {
        return can_go_on(*task);
    });
    const auto goes_before = [&](const Task* left, const Task* right) {
        const bool is_left_running = left == interrupted_;
        return is_left_running != (right == interrupted_) ? is_left_running
                                                          : left->number() < right->number();
    };
    std::sort(candidates_.begin(), candidates_.end(), goes_before);
    const auto chosen = candidates_.size() == 1
                            ? 0
                            : guide_->choose(candidates_, candidates_.front() == interrupted_);
    return static_cast<std::size_t>(std::find(ready_.begin(), ready_.end(), candidates_[chosen]) -
                                    ready_.begin());
}

// What a watcher calls is not interrupted.
void Scheduler::look(const Watcher& watcher) {
    if (watcher && !is_over() && locks_held_.empty()) {
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

void Scheduler::before_lock(const void* mutex) noexcept {
    if (current_ == nullptr) {
        return;
    }
    Task& task = *current_;
    task.wants_lock_ = mutex;
    yield_point("lock", kShared);
    while (!can_go_on(task)) {
        ready_.push_back(&task);
        switch_out();
    }
    task.wants_lock_ = nullptr;
    ++task.locks_held_;
    locks_held_.push_back(mutex);
}

void Scheduler::after_unlock(const void* mutex) noexcept {
    if (current_ != nullptr && current_->locks_held_ > 0) {
        --current_->locks_held_;
        locks_held_.erase(std::find(locks_held_.begin(), locks_held_.end(), mutex));
        yield_point("unlock");
    }
}

}  // namespace cistern::simulation
