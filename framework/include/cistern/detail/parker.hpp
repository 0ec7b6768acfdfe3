#pragma once

#include <cistern/deadline.hpp>

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

    // Tells a task from others of its thread, also from those that have ended; null where a task has
    // its thread to itself.
    [[nodiscard]] virtual const void* task() const noexcept { return nullptr; }
    // Whether somebody asked the task to stop; whoever waits for a socket then gives up.
    [[nodiscard]] virtual bool is_cancelled() const noexcept { return false; }
};

}  // namespace cistern
