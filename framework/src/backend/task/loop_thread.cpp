#include "backend/task/loop_thread.hpp"

#include "backend/thread/backend_thread.hpp"
#include "base/keep_forever.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace cistern {

struct LoopThread::State {
    void run() noexcept;
    void begin_stop() noexcept;

    // Guarded by mutex.
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_ptr<detail::TaskLoop> loop;  // once there is a thread; itself it needs no lock
    std::thread thread;
    bool is_stopping = false;
    bool has_ended = false;
};

void LoopThread::State::run() noexcept {
    loop->run();
    const std::lock_guard lock{mutex};
    has_ended = true;
    changed.notify_all();
}

void LoopThread::State::begin_stop() noexcept {
    if (!std::exchange(is_stopping, true) && loop != nullptr) {
        loop->end();
    }
}

LoopThread::LoopThread(detail::TaskKind& kind) : kind_{kind}, state_{std::make_shared<State>()} {}

LoopThread::~LoopThread() {
    const std::lock_guard lock{state_->mutex};
    state_->begin_stop();
    if (state_->thread.joinable()) {
        state_->thread.detach();
    }
}

void LoopThread::spawn(std::function<void()> task) {
    const std::lock_guard lock{state_->mutex};
    auto& state = *state_;
    if (state.is_stopping) {
        return;
    }
    if (!state.thread.joinable()) {
        state.loop = kind_.make_loop();
        state.thread = start_shared_thread("cistern-loop", [kept = state_] { kept->run(); });
    }
    state.loop->post(std::move(task));
}

bool LoopThread::stop(Deadline deadline) {
    std::unique_lock lock{state_->mutex};
    auto& state = *state_;
    state.begin_stop();
    return join_ended(state.thread, state.has_ended, state.changed, lock, deadline);
}

void LoopThread::begin_anew_in_child() {
    auto fresh = std::make_shared<State>();
    fresh->is_stopping = state_->is_stopping;
    keep_forever(std::exchange(state_, std::move(fresh)));
}

}  // namespace cistern
