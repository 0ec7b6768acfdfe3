#pragma once

#include "backend/simulation/guide.hpp"
#include "backend/simulation/seeded_random.hpp"
#include "backend/simulation/stack_pool.hpp"
#include "backend/simulation/task.hpp"
#include "backend/simulation/trace.hpp"

#include <cistern/deadline.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cistern::simulation {

// How unruly a run is.
struct Tuning {
    std::uint32_t preempt_percent = 50;  // of the points at which another task may be let on
    std::uint32_t spurious_percent = 0;  // of parks, end at once as if by a stale permit
    std::uint32_t late_start_percent =
        0;  // of the pool's tasks, begin some time after they are due
    std::chrono::nanoseconds longest_delay = std::chrono::milliseconds{20};  // of those
    std::uint64_t max_steps = 400'000;
    std::chrono::nanoseconds max_time = std::chrono::hours{2};
};

// Lets tasks on, one at a time, over a time that passes only when all of them wait. Every choice is
// drawn from one seed: who goes on, whether a task is interrupted at one of the points where it may
// be, and which of several things that happen at the same moment comes first. So a seed is a
// schedule, and running it again is running the same schedule.
//
// A task may be interrupted wherever other tasks could notice: before it takes a lock and after it
// let go of one (locks.hpp), when it reads the clock, parks, unparks, spawns or does I/O, and at
// any yield_point(), but there not while it holds a lock; and before each step on the express
// lane's atomics (lane_atomics.hpp), lock or no lock. It explores interleavings, not what weak
// memory adds to them.
//
// A run ends when no task is left; when all that are left wait for something that can never happen
// (a deadlock, found for certain and at once); when it has become too long; or when stop_for() was
// called.
//
// Thread safety:  none; one thread makes it, runs it and destroys it.
// Ownership:      outlives the parkers and streams made with it.
class Scheduler {
public:
    enum class Ending { kDone, kStuck, kTooLong, kStopped };
    // Looks at the state of things; may call stop_for(), and must not wait.
    using Watcher = std::function<void()>;

    Scheduler(SeededRandom& random, Tuning tuning, std::shared_ptr<StackPool> stacks);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    // Tasks that have not ended are woken with Cancelled until they have.
    ~Scheduler();

    // -- From outside or inside a task ------------------------------------------------------------

    // `work` must not throw anything but Cancelled.
    std::shared_ptr<Task> spawn(std::string name, std::function<void()> work);
    // Lets `event` happen at `at`, or now when that has passed; it must be short and must not wait.
    void at(std::chrono::nanoseconds at, std::function<void()> event);
    [[nodiscard]] std::chrono::nanoseconds now() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t step() const noexcept { return trace_.length(); }
    [[nodiscard]] SeededRandom& random() noexcept { return random_; }
    [[nodiscard]] const Tuning& tuning() const noexcept { return tuning_; }
    [[nodiscard]] const Trace& trace() const noexcept { return trace_; }
    void note(const char* what, std::uint64_t detail) noexcept;
    // Ends the run at the next opportunity; the first reason counts.
    void stop_for(std::string reason);
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    void wake(Task& task) noexcept;

    // -- From inside a task -----------------------------------------------------------------------

    // The running one; null outside of any.
    [[nodiscard]] Task* current() const noexcept { return current_; }
    // Another task may go on here. Does nothing under a lock, and outside of any task.
    void yield_point(const char* where, Access access = {}) noexcept;
    // The same under a lock too: before a step on an atomic.
    void before_access(const void* atomic, bool writes) noexcept;
    // Waits until somebody wakes the task or the deadline passes; false for the latter. Throws
    // Cancelled.
    bool wait_until(Deadline deadline, const char* where);
    void sleep_until(Deadline deadline);
    [[nodiscard]] bool is_woken_for_nothing() noexcept;

    // -- Locks (locks.cpp) ------------------------------------------------------------------------

    // The scheduler whose task this thread runs at the moment; null for none.
    [[nodiscard]] static Scheduler* running() noexcept;
    void before_lock(const void* mutex) noexcept;
    void after_unlock(const void* mutex) noexcept;
    // The running task.
    [[nodiscard]] bool holds_lock() const noexcept {
        return current_ != nullptr && current_->locks_held_ > 0;
    }

    // -- Whoever drives the run -------------------------------------------------------------------

    // Lets `guide` choose instead of chance; it outlives the run.
    void follow(Guide& guide) noexcept { guide_ = &guide; }
    // What the code under test keeps per thread: each task gets bytes of its own there, at first
    // all zero.
    void keep_per_task(std::span<std::byte> bytes) noexcept { thread_locals_ = bytes; }
    // Called at every point where a task may be interrupted, save while some task has a lock.
    void on_step(Watcher watcher) { on_step_ = std::move(watcher); }
    // Called when every task waits, just before time moves on.
    void on_quiet(Watcher watcher) { on_quiet_ = std::move(watcher); }
    [[nodiscard]] Ending run();
    // One line for each task that is left: who waits where, since when, until when.
    [[nodiscard]] std::string waiting() const;
    [[nodiscard]] static constexpr std::chrono::nanoseconds beginning() noexcept {
        return std::chrono::hours{1};  // not zero, so that a forgotten initial value shows
    }

private:
    struct Timer {
        std::chrono::nanoseconds at{};
        std::uint64_t tie = 0;  // drawn, so that things of the same moment come in any order
        std::weak_ptr<Task> sleeper{};
        std::uint64_t wait = 0;
        std::function<void()> event{};

        [[nodiscard]] bool is_stale() const noexcept;
        [[nodiscard]] bool operator<(const Timer& other) const noexcept {
            return at != other.at ? at > other.at : tie > other.tie;
        }
    };

    void resume(Task& task);
    void switch_out() noexcept;
    void exchange_thread_locals(Task& task) noexcept;
    [[nodiscard]] bool can_go_on(const Task& task) const noexcept;
    void interrupt(const char* where, Access access) noexcept;
    [[nodiscard]] Task& take_next();
    [[nodiscard]] std::size_t choose_next();
    [[nodiscard]] bool let_time_pass();
    void fire(const Timer& timer);
    void look(const Watcher& watcher);
    void add_timer(Timer timer);
    [[nodiscard]] bool is_over() const noexcept { return is_ending_ || !reason_.empty(); }

    SeededRandom& random_;
    const Tuning tuning_;
    const std::shared_ptr<StackPool> stacks_;
    std::chrono::nanoseconds now_ = beginning();
    Trace trace_;
    std::vector<std::shared_ptr<Task>> tasks_;  // all that have not ended
    std::vector<Task*> ready_;
    std::vector<Timer> timers_;  // a heap
    std::uint32_t tasks_made_ = 0;
    Task* current_ = nullptr;
    std::vector<const void*> locks_held_;
    std::span<std::byte> thread_locals_;
    std::vector<std::byte> others_locals_;  // on their way
    Guide* guide_ = nullptr;
    Task* interrupted_ = nullptr;  // the last to run, if it has not stopped
    std::vector<Task*> candidates_;
    bool is_ending_ = false;
    std::string reason_;
    Watcher on_step_;
    Watcher on_quiet_;
};

}  // namespace cistern::simulation
