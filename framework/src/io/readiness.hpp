#pragma once

#include <cistern/deadline.hpp>

#include <span>

namespace cistern {

// One descriptor somebody waits for, and what became of it.
struct Watch {
    int descriptor = -1;
    bool for_reading = false;
    bool for_writing = false;
    // Set by Readiness::wait(). A descriptor in error counts as ready for all it is watched for:
    // the next call on it says what is wrong.
    bool is_readable = false;
    bool is_writable = false;
};

// How a task waits for descriptors: the whole of what sockets need from a backend. A thread blocks;
// a fiber or a coroutine's task lets others run meanwhile.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Ownership:      outlives every stream made with it; descriptors stay the caller's.
// Waiting:        until the deadline at most; signals neither shorten nor extend it.
// Errors:         IoError when the system cannot wait. A backend that can cancel a task throws
//                 Cancelled from here.
class Readiness {
public:
    Readiness() = default;
    Readiness(const Readiness&) = delete;
    Readiness& operator=(const Readiness&) = delete;
    virtual ~Readiness() = default;

    [[nodiscard]] virtual const Clock& clock() const noexcept = 0;

    // True when at least one of `watches` is ready, false when the deadline passed first. A
    // deadline that has passed already looks once. With nothing to watch it only lets the time go
    // by.
    virtual bool wait(std::span<Watch> watches, Deadline deadline) = 0;
};

}  // namespace cistern
