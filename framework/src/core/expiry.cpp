#include "core/expiry.hpp"

#include <algorithm>

namespace cistern::core {

using std::chrono::nanoseconds;

Instant end_of_life(const PoolOptions& options, Instant born, double random) noexcept {
    if (options.max_lifetime <= nanoseconds::zero()) {
        return kNever;
    }
    const auto share = 1.0 - options.lifetime_jitter * random;
    const auto lifetime = static_cast<double>(options.max_lifetime.count()) * share;
    // The longest durations do not survive the way through a double.
    if (lifetime >= static_cast<double>(kNever.count())) {
        return kNever;
    }
    return later(born, nanoseconds{static_cast<nanoseconds::rep>(lifetime)});
}

Instant next_due(const PoolOptions& options, const Slot& idle) noexcept {
    if (options.keepalive_interval <= nanoseconds::zero()) {
        return idle.expires_at;
    }
    return std::min(idle.expires_at, later(idle.proven_at, options.keepalive_interval));
}

Instant lane_sweep_interval(const PoolOptions& options) noexcept {
    constexpr Instant kShortest = std::chrono::milliseconds{1};
    // In the lane a caller's own last connection comes first, which is no other order than lifo,
    // nobody is asked how urgent he is, and nothing is timed.
    if (options.adaptive.mode != AdaptiveMode::kOff || options.order != LendOrder::kLifo ||
        options.reserve.high + options.reserve.normal > 0 ||
        options.validate_after_idle / 2 < kShortest) {
        return Instant::zero();
    }
    return std::max(std::min(options.validate_after_idle / 2, options.reap_interval), kShortest);
}

bool is_proven(const PoolOptions& options, const Slot& slot, Instant now) noexcept {
    return options.validate_after_idle > nanoseconds::zero() &&
           now - slot.proven_at <= options.validate_after_idle;
}

}  // namespace cistern::core
