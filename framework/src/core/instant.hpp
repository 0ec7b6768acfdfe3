#pragma once

#include <chrono>

namespace cistern::core {

// A moment on the backend's clock, as time since that clock's epoch. The core is told what time it
// is and never asks.
using Instant = std::chrono::nanoseconds;

inline constexpr Instant kNever = Instant::max();

// `at + span`, or never when that cannot be counted.
[[nodiscard]] constexpr Instant later(Instant at, std::chrono::nanoseconds span) noexcept {
    return span >= kNever - at ? kNever : at + span;
}

}  // namespace cistern::core
