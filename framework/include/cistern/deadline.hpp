#pragma once

#include <cistern/export.hpp>

#include <chrono>
#include <compare>

namespace cistern {

// How long a caller is willing to wait. Applications speak in timeouts; zero or less means that
// nothing may be waited for.
using Timeout = std::chrono::nanoseconds;

// The instant by which an operation must finish, on the clock of the pool's backend. The framework
// and its plugins speak in deadlines: one is made where the call enters and is passed down
// unchanged. Only a Clock can make one, so no code reads the machine's clock behind a simulation's
// back. (One absolute deadline per call is userver's idea.)
//
// Thread safety:  a value; copies are independent.
class Deadline {
public:
    // Time since the clock's epoch, which is the clock's own affair.
    [[nodiscard]] constexpr std::chrono::nanoseconds since_clock_epoch() const noexcept {
        return at_;
    }
    // True for the deadline that no clock ever reaches.
    [[nodiscard]] constexpr bool is_never() const noexcept { return *this == never(); }
    [[nodiscard]] static constexpr Deadline never() noexcept {
        return Deadline{std::chrono::nanoseconds::max()};
    }
    friend constexpr auto operator<=>(const Deadline&, const Deadline&) noexcept = default;

private:
    friend class Clock;
    explicit constexpr Deadline(std::chrono::nanoseconds at) noexcept : at_{at} {}
    std::chrono::nanoseconds at_;
};

// A clock that only goes forward. Each backend has one; a simulation's moves when it is told to.
//
// Thread safety:  every member may be called by any number of tasks at once.
class CISTERN_API Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock();

    [[nodiscard]] virtual std::chrono::nanoseconds now() const noexcept = 0;

    // The deadline `timeout` from now. A timeout too long to be counted gives one that never
    // passes.
    [[nodiscard]] Deadline deadline_after(Timeout timeout) const noexcept;
    // The deadline at `at` on this clock.
    [[nodiscard]] static Deadline deadline_at(std::chrono::nanoseconds at) noexcept {
        return Deadline{at};
    }
    // What is left until `deadline`; zero once it has passed.
    [[nodiscard]] std::chrono::nanoseconds left(Deadline deadline) const noexcept;
    [[nodiscard]] bool has_passed(Deadline deadline) const noexcept;
};

}  // namespace cistern
