#include "core/endpoint_gate.hpp"

#include "core/backoff.hpp"

#include <algorithm>
#include <utility>

namespace cistern::core {

EndpointGate::Answer EndpointGate::try_enter(std::uint32_t max_connecting, Instant now) noexcept {
    const bool is_failing = failures_ > 0;
    if (is_failing && now < retry_at_) {
        return {.is_failing = true, .retry_at = retry_at_};
    }
    if (connecting_ >= std::min(at_once_, max_connecting)) {
        return {.is_failing = is_failing};
    }
    ++connecting_;
    return {.admitted = true, .is_failing = is_failing, .ticket = rounds_};
}

bool EndpointGate::leave_opened() noexcept {
    --connecting_;
    ++rounds_;
    if (std::exchange(failures_, 0) > 0) {
        return true;
    }
    at_once_ = at_once_ > kNoLimit / 2 ? kNoLimit : 2 * at_once_;
    return false;
}

bool EndpointGate::leave_failed(std::uint64_t ticket,
                                const RetryOptions& options,
                                Instant now,
                                double random) noexcept {
    --connecting_;
    if (ticket != rounds_) {
        return false;
    }
    note_failure(later(now, backoff_delay(options, failures_ + 1, random)));
    return true;
}

bool EndpointGate::hung_up_unused(const RetryOptions& options,
                                  Instant born,
                                  Instant now,
                                  double random) noexcept {
    if (born < hung_up_at_) {
        return false;  // opened together with that one, and counted with it
    }
    if (hang_ups_ > 0 && born - hung_up_at_ > 2 * options.max_delay) {
        hang_ups_ = 0;
    }
    const auto until = later(born, backoff_delay(options, hang_ups_ + 1, random));
    if (until <= now) {
        hang_ups_ = 0;
        return false;
    }
    ++hang_ups_;
    hung_up_at_ = now;
    note_failure(until);
    return true;
}

bool EndpointGate::forget_failures() noexcept {
    return std::exchange(failures_, 0) > 0;
}

CircuitView EndpointGate::view(Instant now) const noexcept {
    if (failures_ == 0) {
        return {};
    }
    if (now < retry_at_) {
        return {CircuitState::kOpen, failures_, retry_at_};
    }
    return {CircuitState::kHalfOpen, failures_};
}

void EndpointGate::note_failure(Instant retry_at) noexcept {
    ++rounds_;
    ++failures_;
    at_once_ = 1;
    retry_at_ = retry_at;
}

}  // namespace cistern::core
