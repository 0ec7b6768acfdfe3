#include "backend/task/readiness_watcher.hpp"

#include "backend/thread/backend_thread.hpp"
#include "base/keep_forever.hpp"
#include "io/descriptor.hpp"
#include "io/epoll.hpp"

#include <cistern/error.hpp>

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace cistern {
namespace {

std::uint32_t epoll_events_of(const Watch& watch) {
    return (watch.for_reading ? EPOLLIN : 0U) | (watch.for_writing ? EPOLLOUT : 0U);
}

// One call of wait().
struct Waiting {
    explicit Waiting(std::shared_ptr<Parker> waiter) noexcept : task{std::move(waiter)} {}

    const std::shared_ptr<Parker> task;
    std::atomic<bool> is_ready{false};
};

// One descriptor of it, and what epoll has said.
struct Watched {
    std::shared_ptr<Waiting> waiting;
    std::uint32_t events = 0;
};

}  // namespace

struct ReadinessWatcher::State {
    // REQUIRES: the lock is held. Throws std::system_error.
    static void start(const std::shared_ptr<State>& state);
    void open();
    void run() noexcept;
    // The task to be woken, if any.
    [[nodiscard]] std::shared_ptr<Parker> note(const epoll_event& event) noexcept;
    void begin_stop() noexcept;

    // Constant once the thread has started for the first time.
    Descriptor epoll;
    Descriptor wake_up;
    // Guarded by mutex. Numbers never return, unlike descriptors: what the kernel reports of a wait
    // that has ended fits no other.
    std::mutex mutex;
    std::condition_variable changed;
    std::unordered_map<std::uint64_t, Watched> watched;
    std::uint64_t last_id = kWakeUp;
    std::thread thread;
    bool is_stopping = false;
    bool is_abandoned = false;  // its owner is gone
    bool has_ended = false;
};

// The descriptors of one wait, for as long as it lasts.
class ReadinessWatcher::Registration {
public:
    Registration(std::shared_ptr<State> state, std::span<Watch> watches)
        : state_{std::move(state)}, watches_{watches} {
        ids_.reserve(watches.size());
    }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;
    ~Registration() {
        const std::lock_guard lock{state_->mutex};
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            ::epoll_ctl(state_->epoll.get(), EPOLL_CTL_DEL, watches_[i].descriptor, nullptr);
            state_->watched.erase(ids_[i]);
        }
    }

    // REQUIRES: the lock is held
    void begin(const std::shared_ptr<Waiting>& waiting) {
        for (const auto& watch : watches_) {
            const auto id = ++state_->last_id;
            state_->watched.emplace(id, Watched{waiting});
            if (!add_to_epoll(
                    state_->epoll, watch.descriptor, epoll_events_of(watch) | EPOLLONESHOT, id)) {
                const auto error = errno;
                state_->watched.erase(id);
                throw IoError{"the system cannot wait for a socket: epoll failed with error " +
                              std::to_string(error)};
            }
            ids_.push_back(id);
        }
    }

    void collect() const {
        const std::lock_guard lock{state_->mutex};
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            const auto events = state_->watched.at(ids_[i]).events;
            const bool has_error = (events & (EPOLLERR | EPOLLHUP)) != 0;
            auto& watch = watches_[i];
            watch.is_readable = watch.for_reading && (has_error || (events & EPOLLIN) != 0);
            watch.is_writable = watch.for_writing && (has_error || (events & EPOLLOUT) != 0);
        }
    }

private:
    const std::shared_ptr<State> state_;
    const std::span<Watch> watches_;
    std::vector<std::uint64_t> ids_;
};

void ReadinessWatcher::State::open() {
    if (epoll.is_open()) {
        return;
    }
    auto fresh = Descriptor::from([] { return ::epoll_create1(EPOLL_CLOEXEC); });
    auto fresh_wake_up = Descriptor::from([] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
    if (!fresh.is_open() || !fresh_wake_up.is_open() ||
        !add_to_epoll(fresh, fresh_wake_up.get(), EPOLLIN, kWakeUp)) {
        throw std::system_error{errno, std::generic_category()};
    }
    epoll = std::move(fresh);
    wake_up = std::move(fresh_wake_up);
}

void ReadinessWatcher::State::start(const std::shared_ptr<State>& state) {
    state->open();
    if (state->thread.joinable()) {
        state->thread.detach();  // it has ended, and stop() has not come to join it yet
    }
    state->is_stopping = false;
    state->has_ended = false;
    state->thread = start_thread("cistern-ready", [state] { state->run(); });
}

void ReadinessWatcher::State::run() noexcept {
    std::array<epoll_event, kEventsAtOnce> events{};
    std::array<std::shared_ptr<Parker>, kEventsAtOnce> woken;
    while (true) {
        const int count =
            ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()), -1);
        {
            const std::lock_guard lock{mutex};
            // Somebody may have come since stop() looked.
            if (is_stopping && (watched.empty() || is_abandoned)) {
                has_ended = true;
                changed.notify_all();
                return;
            }
            if (is_stopping) {
                eventfd_t seen = 0;
                ::eventfd_read(wake_up.get(), &seen);
                is_stopping = false;
            }
            for (int i = 0; i < count; ++i) {
                const auto at = static_cast<std::size_t>(i);
                woken[at] = note(events[at]);
            }
        }
        for (int i = 0; i < count; ++i) {
            if (const auto task = std::move(woken[static_cast<std::size_t>(i)])) {
                task->unpark();
            }
        }
    }
}

std::shared_ptr<Parker> ReadinessWatcher::State::note(const epoll_event& event) noexcept {
    const auto found = watched.find(event.data.u64);
    if (found == watched.end()) {
        return nullptr;
    }
    found->second.events |= event.events;
    auto& waiting = *found->second.waiting;
    waiting.is_ready.store(true, std::memory_order_release);
    return waiting.task;
}

void ReadinessWatcher::State::begin_stop() noexcept {
    is_stopping = true;
    if (wake_up.is_open()) {
        ::eventfd_write(wake_up.get(), 1);
    }
}

ReadinessWatcher::ReadinessWatcher() : state_{std::make_shared<State>()} {}

ReadinessWatcher::~ReadinessWatcher() {
    const std::lock_guard lock{state_->mutex};
    state_->is_abandoned = true;
    state_->begin_stop();
    if (state_->thread.joinable()) {
        state_->thread.detach();
    }
}

bool ReadinessWatcher::wait(std::span<Watch> watches,
                            Deadline deadline,
                            const std::shared_ptr<Parker>& task) {
    const auto waiting = std::make_shared<Waiting>(task);
    Registration registration{state_, watches};
    {
        const std::lock_guard lock{state_->mutex};
        if (!state_->thread.joinable() || state_->has_ended) {
            State::start(state_);
        }
        registration.begin(waiting);
    }
    bool is_late = false;
    while (!waiting->is_ready.load(std::memory_order_acquire) && !is_late) {
        if (task->is_cancelled()) {
            throw Cancelled{"cancelled while it waited for a socket"};
        }
        is_late = !task->park_until(deadline);
    }
    registration.collect();
    return waiting->is_ready.load(std::memory_order_acquire);
}

bool ReadinessWatcher::stop(Deadline deadline) {
    std::unique_lock lock{state_->mutex};
    auto& state = *state_;
    if (!state.watched.empty() || !state.thread.joinable()) {
        return true;
    }
    state.begin_stop();
    return join_ended(state.thread, state.has_ended, state.changed, lock, deadline);
}

void ReadinessWatcher::begin_anew_in_child() {
    keep_forever(std::exchange(state_, std::make_shared<State>()));
}

}  // namespace cistern
