#pragma once

// A backend whose time stands still until a test moves it, and whose tasks run one at a time, in
// the order in which they became ready. Nothing in it depends on the machine's clock or on luck.

#include "backend/backend.hpp"
#include "support/watched_allocations.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::test {

using std::chrono::nanoseconds;

class ManualClock final : public Clock {
public:
    [[nodiscard]] nanoseconds now() const noexcept override {
        ++reads_;
        return now_;
    }
    [[nodiscard]] std::uint64_t reads() const noexcept { return reads_; }
    void set(nanoseconds now) noexcept { now_ = now; }

private:
    // Not zero, so that a forgotten initial value shows.
    nanoseconds now_ = std::chrono::hours{1};
    mutable std::uint64_t reads_ = 0;
};

class ManualBackend;

// Tasks are threads, of which one at a time is let go on.
class ManualTask final : public Parker {
public:
    ManualTask(ManualBackend& backend, std::function<void()> work);
    ~ManualTask() override;

    bool park_until(Deadline deadline) override;
    void unpark() noexcept override;

private:
    friend class ManualBackend;
    void yield();

    ManualBackend& backend_;
    std::binary_semaphore resume_{0};
    bool has_permit_ = false;
    bool is_parked_ = false;
    bool is_done_ = false;
    Deadline deadline_ = Deadline::never();
    std::thread thread_;  // none for the test itself
};

class ManualBackend final : public Backend {
public:
    explicit ManualBackend(IoContext* io = nullptr)
        : io_{io}, main_{std::make_shared<ManualTask>(*this, nullptr)}, current_{main_.get()} {}
    ~ManualBackend() override { stop(Deadline::never()); }

    // -- For tests --------------------------------------------------------------------------------

    // Lets every ready task run until it waits or ends. No time passes.
    void run() {
        while (run_one()) {
        }
    }
    // Lets time pass, and everything happen that becomes due on the way.
    void advance(nanoseconds span) { advance_to(clock_.now() + span); }
    // Runs `work` as a task that a test can look at afterwards; for callers that wait.
    void in_task(std::function<void()> work) { spawn(std::move(work)); }

    [[nodiscard]] ManualClock& manual_clock() noexcept { return clock_; }
    [[nodiscard]] std::uint64_t clock_reads() const noexcept { return clock_.reads(); }
    void set_random(double value) noexcept { random_ = value; }
    // The next `count` calls of spawn() fail.
    void fail_spawn(int count) noexcept { spawn_failures_ = count; }
    [[nodiscard]] std::size_t timers() const noexcept { return timers_.size(); }
    [[nodiscard]] std::size_t spawned() const noexcept { return spawned_; }
    // Streams whose hang-ups are watched, and the peer of the `index`th to be watched hangs up.
    [[nodiscard]] std::size_t watched() const noexcept { return watched_; }
    void hang_up(std::size_t index) {
        if (const auto listener = listeners_.at(index).lock()) {
            listener->on_hang_up();
        }
    }
    // What is on its way cannot be called back.
    [[nodiscard]] std::shared_ptr<HangUpListener> hang_up_on_its_way(std::size_t index) {
        return listeners_.at(index).lock();
    }
    // Holds back tasks that become ready from now on, until run() or time lets them go.
    [[nodiscard]] std::size_t ready() const noexcept { return ready_.size(); }

    // -- Backend ----------------------------------------------------------------------------------
    [[nodiscard]] std::string_view name() const noexcept override { return "manual"; }
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    [[nodiscard]] IoContext& io() noexcept override { return *io_; }
    [[nodiscard]] std::shared_ptr<Parker> this_task() override {
        return current_->thread_.joinable() ? current_shared() : main_;
    }
    void spawn(std::function<void()> task) override {
        if (spawn_failures_ > 0) {
            --spawn_failures_;
            throw std::system_error{
                std::make_error_code(std::errc::resource_unavailable_try_again)};
        }
        if (is_stopped_) {
            return;
        }
        tasks_.reserve(tasks_.size() + 1);
        ready_.emplace_back();
        try {
            tasks_.push_back(std::make_shared<ManualTask>(*this, std::move(task)));
        } catch (...) {
            ready_.pop_back();
            throw;
        }
        ready_.back() = tasks_.back();
        ++spawned_;
    }
    void call_at(Deadline at, std::function<void()> task) override {
        if (!is_stopped_) {
            timers_.emplace(at.since_clock_epoch(), std::move(task));
        }
    }
    [[nodiscard]] double random() noexcept override { return random_; }
    [[nodiscard]] std::unique_ptr<HangUpWatch> watch_hang_up(
        Stream& /*stream*/, std::weak_ptr<HangUpListener> listener) noexcept override {
        const Scaffolding own;
        listeners_.push_back(std::move(listener));
        return std::make_unique<Watch>(watched_);
    }
    bool stop(Deadline /*deadline*/) override {
        run();
        timers_.clear();
        is_stopped_ = true;
        return true;
    }

private:
    friend class ManualTask;

    class Watch final : public HangUpWatch {
    public:
        explicit Watch(std::size_t& count) noexcept : count_{count} { ++count_; }
        ~Watch() override { --count_; }

    private:
        std::size_t& count_;
    };

    [[nodiscard]] std::shared_ptr<Parker> current_shared() const {
        for (const auto& task : tasks_) {
            if (task.get() == current_) {
                return task;
            }
        }
        throw std::logic_error{"the running task is unknown"};
    }

    bool run_one() {
        if (ready_.empty()) {
            return false;
        }
        const auto task = ready_.front();
        ready_.pop_front();
        auto* const before = std::exchange(current_, task.get());
        task->resume_.release();
        yielded_.acquire();
        current_ = before;
        if (task->is_done_) {
            task->thread_.join();
            std::erase(tasks_, task);
        }
        return true;
    }

    // The next moment at which something happens by itself.
    [[nodiscard]] nanoseconds next_event() const {
        auto next = timers_.empty() ? nanoseconds::max() : timers_.begin()->first;
        for (const auto& task : tasks_) {
            if (task->is_parked_) {
                next = std::min(next, task->deadline_.since_clock_epoch());
            }
        }
        return next;
    }

    // What happens at `at`: timers first, then tasks whose deadline passes.
    void happen(nanoseconds at) {
        clock_.set(std::max(at, clock_.now()));
        while (!timers_.empty() && timers_.begin()->first <= clock_.now()) {
            const auto timer = std::move(timers_.begin()->second);
            timers_.erase(timers_.begin());
            timer();
            run();
        }
        const Scaffolding own;
        for (const auto& task : std::vector{tasks_}) {
            if (task->is_parked_ && task->deadline_.since_clock_epoch() <= clock_.now()) {
                task->is_parked_ = false;
                ready_.push_back(task);
            }
        }
        run();
    }

    void advance_to(nanoseconds target) {
        run();
        while (next_event() <= target) {
            happen(next_event());
        }
        clock_.set(target);
    }

    ManualClock clock_;
    IoContext* io_;
    double random_ = 0.5;
    int spawn_failures_ = 0;
    bool is_stopped_ = false;
    std::size_t spawned_ = 0;
    std::size_t watched_ = 0;
    std::vector<std::weak_ptr<HangUpListener>> listeners_;
    std::binary_semaphore yielded_{0};
    std::vector<std::shared_ptr<ManualTask>> tasks_;
    std::deque<std::shared_ptr<ManualTask>> ready_;
    std::multimap<nanoseconds, std::function<void()>> timers_;
    std::shared_ptr<ManualTask> main_;  // the test, which drives the others while it waits
    ManualTask* current_;
};

inline ManualTask::ManualTask(ManualBackend& backend, std::function<void()> work)
    : backend_{backend} {
    if (work != nullptr) {
        thread_ = std::thread{[this, work = std::move(work)]() mutable {
            resume_.acquire();
            work();
            work = nullptr;
            is_done_ = true;
            backend_.yielded_.release();
        }};
    }
}

// A task that still waits when its backend goes away is a test that forgot it.
inline ManualTask::~ManualTask() {
    if (thread_.joinable()) {
        thread_.detach();
    }
}

inline void ManualTask::yield() {
    backend_.yielded_.release();
    resume_.acquire();
}

inline bool ManualTask::park_until(Deadline deadline) {
    const auto is_over = [&] { return has_permit_ || backend_.clock_.has_passed(deadline); };
    if (thread_.joinable()) {
        if (!is_over()) {
            deadline_ = deadline;
            is_parked_ = true;
            yield();
        }
        return std::exchange(has_permit_, false);
    }
    while (!is_over()) {
        if (backend_.run_one()) {
            continue;
        }
        const auto next = backend_.next_event();
        if (next == nanoseconds::max() && deadline.is_never()) {
            throw std::logic_error{"everything waits for something that never happens"};
        }
        backend_.happen(std::min(next, deadline.since_clock_epoch()));
    }
    return std::exchange(has_permit_, false);
}

inline void ManualTask::unpark() noexcept {
    const Scaffolding own;
    has_permit_ = true;
    if (std::exchange(is_parked_, false)) {
        for (const auto& task : backend_.tasks_) {
            if (task.get() == this) {
                backend_.ready_.push_back(task);
            }
        }
    }
}

}  // namespace cistern::test
