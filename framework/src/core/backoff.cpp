#include "core/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace cistern::core {

std::chrono::nanoseconds backoff_delay(const RetryOptions& options,
                                       std::uint32_t failures,
                                       double random) noexcept {
    const auto longest = static_cast<double>(options.max_delay.count());
    const auto steps = static_cast<double>(failures > 0 ? failures - 1 : 0);
    // A long outage makes the power infinite, which the minimum still cuts.
    const auto grown =
        static_cast<double>(options.initial_delay.count()) * std::pow(options.multiplier, steps);
    const auto varied = std::min(grown, longest) * (1.0 + options.jitter * (2.0 * random - 1.0));
    return std::chrono::nanoseconds{static_cast<std::int64_t>(std::max(varied, 0.0))};
}

}  // namespace cistern::core
