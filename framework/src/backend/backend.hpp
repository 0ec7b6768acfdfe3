#pragma once

#include <cistern/deadline.hpp>
#include <cistern/detail/parker.hpp>
#include <cistern/stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace cistern {

// Learns that the peer of a stream has hung up.
class HangUpListener {
public:
    HangUpListener() = default;
    HangUpListener(const HangUpListener&) = delete;
    HangUpListener& operator=(const HangUpListener&) = delete;
    virtual ~HangUpListener() = default;

    // Called under no lock, and by no task in particular; must be short, and must not wait.
    virtual void on_hang_up() noexcept = 0;
};

// Ends what Backend::watch_hang_up() began.
class HangUpWatch {
public:
    HangUpWatch() = default;
    HangUpWatch(const HangUpWatch&) = delete;
    HangUpWatch& operator=(const HangUpWatch&) = delete;
    virtual ~HangUpWatch() = default;
};

// Takes part in every fork() of the process: before it, and then in one of the two that it makes.
// It must not wait for anything but locks that nobody holds for long, and must not begin or end a
// ForkWatch.
class ForkListener {
public:
    ForkListener() = default;
    ForkListener(const ForkListener&) = delete;
    ForkListener& operator=(const ForkListener&) = delete;
    virtual ~ForkListener() = default;

    // What is taken when. All listeners are through with one stage before the next one begins.
    enum class Stage : std::uint8_t {
        kOwn,     // locks under which shared ones are taken, and nothing else
        kShared,  // locks under which nothing is waited for
    };
    // To take what no other thread may be changing at that moment. Called once for each stage.
    virtual void before_fork(Stage stage) noexcept = 0;
    virtual void after_fork_in_parent() noexcept = 0;
    // Called by the only thread there is.
    virtual void after_fork_in_child() noexcept = 0;
};

// Ends what Backend::watch_forks() began.
class ForkWatch {
public:
    ForkWatch() = default;
    ForkWatch(const ForkWatch&) = delete;
    ForkWatch& operator=(const ForkWatch&) = delete;
    virtual ~ForkWatch() = default;
};

// All that the pool needs from the world: time, waiting, tasks, chance and I/O. There is one folder
// per way to have them; nothing outside these folders reads a clock, sleeps, starts a thread or
// draws a random number.
//
// Thread safety:  every member may be called by any number of tasks at once, save stop().
// Ownership:      shared by the pools that run on it.
// Errors:         spawn() and call_at() throw std::bad_alloc or std::system_error and then have no
//                 effect.
class Backend {
public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    [[nodiscard]] virtual const Clock& clock() const noexcept = 0;
    [[nodiscard]] virtual IoContext& io() noexcept = 0;

    // How the calling task waits.
    [[nodiscard]] virtual std::shared_ptr<Parker> this_task() = 0;

    // Runs `task` soon, off the caller's path. The task may wait, and must not throw.
    virtual void spawn(std::function<void()> task) = 0;
    // The same for a task that may block its thread instead of waiting the way tasks do here.
    virtual void spawn_blocking(std::function<void()> task) { spawn(std::move(task)); }
    // Runs `task` once, at `at` or soon after; it must be short, and must not wait or throw.
    virtual void call_at(Deadline at, std::function<void()> task) = 0;

    // Tells `listener` once, soon after the peer of `stream` has closed its side or reset the
    // connection, though nobody reads; also when that was before. Bytes that arrive are nothing to
    // tell. A call that is on its way may come after the watch has ended. Null when the backend
    // cannot tell.
    // REQUIRES: `stream` is one of io()'s, and outlives the watch
    [[nodiscard]] virtual std::unique_ptr<HangUpWatch> watch_hang_up(
        Stream& /*stream*/, std::weak_ptr<HangUpListener> /*listener*/) noexcept {
        return nullptr;
    }

    // Lets `listener` take part in every fork() until the watch ends. A child of fork() may go on
    // with the backend; what it was told to run before, it has forgotten there. Null when a fork is
    // none of the backend's business.
    // REQUIRES: `listener` outlives the watch
    [[nodiscard]] virtual std::unique_ptr<ForkWatch> watch_forks(ForkListener& /*listener*/) {
        return nullptr;
    }

    // Evenly distributed over [0, 1).
    [[nodiscard]] virtual double random() noexcept = 0;

    // Waits until every spawned task has ended, or until the deadline; drops timers not yet due.
    // What is spawned afterwards is dropped. Returns false when the deadline came first; tasks that
    // hang are then left behind.
    virtual bool stop(Deadline deadline) = 0;
};

}  // namespace cistern
