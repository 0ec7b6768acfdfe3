#include "backend/thread/hang_up_watcher.hpp"

#include "backend/thread/backend_thread.hpp"
#include "base/keep_forever.hpp"
#include "io/descriptor.hpp"
#include "io/epoll.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

namespace cistern {
struct HangUpWatcher::State {
    // Throws std::system_error.
    static void start(const std::shared_ptr<State>& state);
    void run() noexcept;
    void tell(std::uint64_t id) noexcept;
    void begin_stop() noexcept;

    // Constant once the thread has started.
    Descriptor epoll;
    Descriptor wake_up;
    // Guarded by mutex. Watches are known by numbers that never return, unlike descriptors: what
    // the kernel reports of one that has ended fits no other.
    std::mutex mutex;
    std::condition_variable changed;
    std::unordered_map<std::uint64_t, std::weak_ptr<HangUpListener>> listeners;
    std::uint64_t last_id = kWakeUp;
    std::thread thread;
    bool is_stopping = false;
    bool has_ended = false;
};

class HangUpWatcher::Watch final : public HangUpWatch {
public:
    Watch(std::shared_ptr<State> state, int descriptor) noexcept
        : state_{std::move(state)}, descriptor_{descriptor} {}
    ~Watch() override {
        if (id_ != kWakeUp) {
            ::epoll_ctl(state_->epoll.get(), EPOLL_CTL_DEL, descriptor_, nullptr);
            const std::lock_guard lock{state_->mutex};
            state_->listeners.erase(id_);
        }
    }

    // REQUIRES: the state's lock is held
    [[nodiscard]] bool begin(std::weak_ptr<HangUpListener> listener) {
        const auto id = ++state_->last_id;
        state_->listeners.emplace(id, std::move(listener));
        if (!add_to_epoll(state_->epoll, descriptor_, EPOLLRDHUP | EPOLLET, id)) {
            state_->listeners.erase(id);
            return false;
        }
        id_ = id;
        return true;
    }

private:
    const std::shared_ptr<State> state_;
    const int descriptor_;
    std::uint64_t id_ = kWakeUp;
};

void HangUpWatcher::State::start(const std::shared_ptr<State>& state) {
    auto epoll = Descriptor::from([] { return ::epoll_create1(EPOLL_CLOEXEC); });
    auto wake_up = Descriptor::from([] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
    if (!epoll.is_open() || !wake_up.is_open() ||
        !add_to_epoll(epoll, wake_up.get(), EPOLLIN, kWakeUp)) {
        throw std::system_error{errno, std::generic_category()};
    }
    state->epoll = std::move(epoll);
    state->wake_up = std::move(wake_up);
    state->thread = start_thread("cistern-watch", [state] { state->run(); });
}

void HangUpWatcher::State::run() noexcept {
    std::array<epoll_event, kEventsAtOnce> events{};
    while (true) {
        const int count =
            ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            tell(events[static_cast<std::size_t>(i)].data.u64);
        }
        const std::lock_guard lock{mutex};
        if (is_stopping) {
            has_ended = true;
            changed.notify_all();
            return;
        }
    }
}

void HangUpWatcher::State::tell(std::uint64_t id) noexcept {
    std::weak_ptr<HangUpListener> told;
    {
        const std::lock_guard lock{mutex};
        const auto found = listeners.find(id);
        if (is_stopping || found == listeners.end()) {
            return;
        }
        told = std::exchange(found->second, {});
    }
    if (const auto listener = told.lock()) {
        listener->on_hang_up();
    }
}

void HangUpWatcher::State::begin_stop() noexcept {
    is_stopping = true;
    if (wake_up.is_open()) {
        ::eventfd_write(wake_up.get(), 1);
    }
}

HangUpWatcher::HangUpWatcher() : state_{std::make_shared<State>()} {}

HangUpWatcher::~HangUpWatcher() {
    const std::lock_guard lock{state_->mutex};
    state_->begin_stop();
    if (state_->thread.joinable()) {
        state_->thread.detach();
    }
}

std::unique_ptr<HangUpWatch> HangUpWatcher::watch(int descriptor,
                                                  std::weak_ptr<HangUpListener> listener) noexcept {
    try {
        auto watch = std::make_unique<Watch>(state_, descriptor);
        const std::lock_guard lock{state_->mutex};
        if (state_->is_stopping) {
            return nullptr;
        }
        if (!state_->thread.joinable()) {
            State::start(state_);
        }
        if (watch->begin(std::move(listener))) {
            return watch;
        }
    } catch (...) {
        // Out of memory, descriptors or threads: the connection goes unwatched.
    }
    return nullptr;
}

bool HangUpWatcher::stop(Deadline deadline) {
    std::unique_lock lock{state_->mutex};
    auto& state = *state_;
    state.begin_stop();
    return join_ended(state.thread, state.has_ended, state.changed, lock, deadline);
}

void HangUpWatcher::begin_anew_in_child() {
    auto fresh = std::make_shared<State>();
    fresh->is_stopping = state_->is_stopping;
    keep_forever(std::exchange(state_, std::move(fresh)));
}

}  // namespace cistern
