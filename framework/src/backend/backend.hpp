#pragma once

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace cistern {

// How one task waits for a signal from another one: a permit that park_until() takes and unpark()
// gives. A permit given early is kept, one at most, so a signal is never lost; a stale one may wake
// the next wait for nothing, so callers look at their own condition in a loop.
//
// Thread safety:  park_until() belongs to one task; unpark() may be called by anyone.
// Ownership:      shared by the waiter and whoever may still wake it.
// Memory effects: unpark() happens-before the park_until() that takes its permit.
class Parker {
public:
    Parker() = default;
    Parker(const Parker&) = delete;
    Parker& operator=(const Parker&) = delete;
    virtual ~Parker() = default;

    // True when a permit came, false when the deadline passed first.
    virtual bool park_until(Deadline deadline) = 0;
    virtual void unpark() noexcept = 0;
};

// All that the pool needs from the world: time, waiting, tasks, chance and I/O. There is one folder
// per way to have them; nothing outside these folders reads a clock, sleeps, starts a thread or draws
// a random number.
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
    // Runs `task` once, at `at` or soon after; it must be short, and must not wait or throw.
    virtual void call_at(Deadline at, std::function<void()> task) = 0;

    // Evenly distributed over [0, 1).
    [[nodiscard]] virtual double random() noexcept = 0;

    // Waits until every spawned task has ended, or until the deadline; drops timers not yet due. What
    // is spawned afterwards is dropped. Returns false when the deadline came first; tasks that hang
    // are then left behind.
    virtual bool stop(Deadline deadline) = 0;
};

}  // namespace cistern
