#pragma once

#include <cistern/pool_options.hpp>

#include <chrono>
#include <cstdint>

namespace cistern::core {

// How long to wait after the `failures`th failure in a row (the first is 1). `random` in [0, 1)
// spreads it evenly over the jitter's range, to either side.
[[nodiscard]] std::chrono::nanoseconds backoff_delay(const RetryOptions& options,
                                                     std::uint32_t failures,
                                                     double random) noexcept;

}  // namespace cistern::core
