#include "backend/thread/timer_thread.hpp"

#include "backend/thread/backend_thread.hpp"
#include "backend/thread/steady_clock.hpp"
#include "base/keep_forever.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace cistern {

using Task = std::function<void()>;

struct TimerThread::State {
    void run() noexcept;
    // Tells the thread to end; gives back the tasks that it will not run.
    [[nodiscard]] std::multimap<Deadline, Task> begin_stop();

    // Guarded by mutex.
    std::mutex mutex;
    std::condition_variable changed;
    std::multimap<Deadline, Task> tasks;
    std::thread thread;
    bool is_stopping = false;
    bool has_ended = false;
};

void TimerThread::State::run() noexcept {
    std::unique_lock lock{mutex};
    while (!is_stopping) {
        if (tasks.empty()) {
            changed.wait(lock);
            continue;
        }
        const auto first = tasks.begin();
        const auto at = steady_time(first->first);
        if (at > std::chrono::steady_clock::now()) {
            changed.wait_until(lock, at);
            continue;
        }
        auto node = tasks.extract(first);
        lock.unlock();
        node.mapped()();
        node = {};  // what the task holds may be the last of its kind; not under the lock
        lock.lock();
    }
    has_ended = true;
    changed.notify_all();
}

std::multimap<Deadline, Task> TimerThread::State::begin_stop() {
    is_stopping = true;
    changed.notify_all();
    return std::exchange(tasks, {});
}

TimerThread::TimerThread() : state_{std::make_shared<State>()} {}

TimerThread::~TimerThread() {
    std::multimap<Deadline, Task> dropped;
    const std::lock_guard lock{state_->mutex};
    dropped = state_->begin_stop();
    if (state_->thread.joinable()) {
        state_->thread.detach();
    }
}

void TimerThread::call_at(Deadline at, Task task) {
    const std::lock_guard lock{state_->mutex};
    if (state_->is_stopping || at.is_never()) {
        return;
    }
    const auto added = state_->tasks.emplace(at, std::move(task));
    if (!state_->thread.joinable()) {
        try {
            state_->thread = start_thread("cistern-timer", [state = state_] { state->run(); });
        } catch (...) {
            state_->tasks.erase(added);
            throw;
        }
    }
    state_->changed.notify_one();
}

bool TimerThread::stop(Deadline deadline) {
    std::multimap<Deadline, Task> dropped;
    std::unique_lock lock{state_->mutex};
    auto& state = *state_;
    dropped = state.begin_stop();
    return join_ended(state.thread, state.has_ended, state.changed, lock, deadline);
}

void TimerThread::begin_anew_in_child() {
    auto fresh = std::make_shared<State>();
    fresh->is_stopping = state_->is_stopping;
    keep_forever(std::exchange(state_, std::move(fresh)));
}

}  // namespace cistern
