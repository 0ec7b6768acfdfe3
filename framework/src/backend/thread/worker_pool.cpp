#include "backend/thread/worker_pool.hpp"

#include "backend/thread/backend_thread.hpp"
#include "backend/thread/steady_clock.hpp"
#include "base/keep_forever.hpp"

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

namespace cistern {

using Task = std::function<void()>;
using Threads = std::list<std::thread>;

namespace {

void join_all(Threads threads) {
    for (auto& thread : threads) {
        thread.join();
    }
}

}  // namespace

struct WorkerPool::State {
    State(std::size_t most, std::chrono::nanoseconds stay) : max_threads{most}, idle_time{stay} {}

    static void start_worker(const std::shared_ptr<State>& state);
    static void work(const std::shared_ptr<State>& state, Threads::iterator self) noexcept;
    [[nodiscard]] Task next_task(std::unique_lock<std::mutex>& lock);

    // Constant.
    const std::size_t max_threads;
    const std::chrono::nanoseconds idle_time;
    // Guarded by mutex.
    std::mutex mutex;
    std::condition_variable work_came;
    std::condition_variable thread_ended;
    std::deque<Task> queue;
    Threads running;  // until they end
    Threads ended;    // and wait to be joined
    std::size_t idle = 0;
    bool is_stopping = false;   // takes no more tasks
    bool is_abandoned = false;  // its owner is gone: nobody will join
};

// Where threads are short, the task just queued waits for another one; where there is none, it
// goes.
void WorkerPool::State::start_worker(const std::shared_ptr<State>& state) {
    auto& running = state->running;
    const auto self = running.emplace(running.end());
    try {
        *self = start_thread("cistern-task", [state, self] { work(state, self); });
    } catch (...) {
        running.erase(self);
        if (running.empty()) {
            state->queue.pop_back();
            throw;
        }
    }
}

// An empty task tells the worker to end.
Task WorkerPool::State::next_task(std::unique_lock<std::mutex>& lock) {
    ++idle;
    const auto until = std::chrono::steady_clock::now() + idle_time;
    work_came.wait_until(lock, until, [this] { return !queue.empty() || is_stopping; });
    --idle;
    if (queue.empty()) {
        return {};
    }
    auto task = std::move(queue.front());
    queue.pop_front();
    return task;
}

void WorkerPool::State::work(const std::shared_ptr<State>& state, Threads::iterator self) noexcept {
    std::unique_lock lock{state->mutex};
    while (auto task = state->next_task(lock)) {
        lock.unlock();
        task();
        task = nullptr;  // what it holds may be the last of its kind; not under the lock
        lock.lock();
    }
    if (state->is_abandoned) {
        self->detach();
        state->running.erase(self);
    } else {
        state->ended.splice(state->ended.end(), state->running, self);
    }
    state->thread_ended.notify_all();
}

WorkerPool::WorkerPool(std::size_t max_threads, std::chrono::nanoseconds idle_time)
    : state_{std::make_shared<State>(max_threads, idle_time)} {}

WorkerPool::~WorkerPool() {
    std::deque<Task> dropped;
    Threads ended;
    {
        const std::lock_guard lock{state_->mutex};
        state_->is_stopping = true;
        state_->is_abandoned = true;
        dropped.swap(state_->queue);
        ended.swap(state_->ended);
        state_->work_came.notify_all();
    }
    join_all(std::move(ended));
}

void WorkerPool::spawn(Task task) {
    Threads ended;
    {
        const std::lock_guard lock{state_->mutex};
        auto& state = *state_;
        if (state.is_stopping) {
            return;
        }
        ended.swap(state.ended);
        state.queue.push_back(std::move(task));
        // Workers that were told but have not woken yet count as idle: compare with the queue.
        if (state.queue.size() > state.idle && state.running.size() < state.max_threads) {
            State::start_worker(state_);
        }
        state.work_came.notify_one();
    }
    join_all(std::move(ended));
}

bool WorkerPool::stop(Deadline deadline) {
    std::deque<Task> dropped;
    Threads ended;
    std::unique_lock lock{state_->mutex};
    auto& state = *state_;
    state.is_stopping = true;
    state.work_came.notify_all();
    const auto all_ended = [&state] { return state.running.empty(); };
    if (deadline.is_never()) {
        state.thread_ended.wait(lock, all_ended);
    } else {
        state.thread_ended.wait_until(lock, steady_time(deadline), all_ended);
    }
    const bool has_stopped = all_ended();
    if (!has_stopped) {
        state.is_abandoned = true;
        dropped.swap(state.queue);
    }
    ended.swap(state.ended);
    lock.unlock();
    join_all(std::move(ended));
    return has_stopped;
}

void WorkerPool::begin_anew_in_child() {
    auto fresh = std::make_shared<State>(state_->max_threads, state_->idle_time);
    fresh->is_stopping = state_->is_stopping;
    keep_forever(std::exchange(state_, std::move(fresh)));
}

std::size_t WorkerPool::threads() const {
    const std::lock_guard lock{state_->mutex};
    return state_->running.size();
}

}  // namespace cistern
