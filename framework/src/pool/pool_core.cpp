#include <cistern/detail/pool_core.hpp>
#include <cistern/pool_observer.hpp>

namespace cistern {

PoolObserver::~PoolObserver() = default;

std::string_view to_string(CloseReason reason) noexcept {
    switch (reason) {
        case CloseReason::kBroken:
            return "broken";
        case CloseReason::kInvalid:
            return "invalid";
        case CloseReason::kLifetime:
            return "lifetime";
        case CloseReason::kIdle:
            return "idle";
        case CloseReason::kSurplus:
            return "surplus";
        case CloseReason::kFlushed:
            return "flushed";
        case CloseReason::kDiscarded:
            return "discarded";
        case CloseReason::kEvicted:
            return "evicted";
        case CloseReason::kPoolClosed:
            return "pool closed";
        case CloseReason::kOldCredentials:
            return "old credentials";
        case CloseReason::kFailback:
            return "failback";
    }
    return "unknown";
}

std::string_view to_string(CircuitState state) noexcept {
    switch (state) {
        case CircuitState::kClosed:
            return "closed";
        case CircuitState::kOpen:
            return "open";
        case CircuitState::kHalfOpen:
            return "half-open";
    }
    return "unknown";
}

std::string_view to_string(HealthState state) noexcept {
    switch (state) {
        case HealthState::kHealthy:
            return "healthy";
        case HealthState::kDegraded:
            return "degraded";
        case HealthState::kDown:
            return "down";
    }
    return "unknown";
}

namespace detail {

PoolCore::~PoolCore() = default;

}  // namespace detail
}  // namespace cistern
