#include "core/endpoint_gate.hpp"

#include "core/backoff.hpp"

namespace cistern::core {

void EndpointGate::leave_failed(std::uint64_t ticket,
                                const RetryOptions& options,
                                Instant now,
                                double random) noexcept {
    --connecting_;
    if (ticket != rounds_) {
        return;
    }
    ++rounds_;
    ++failures_;
    retry_at_ = later(now, backoff_delay(options, failures_, random));
}

void EndpointGate::hung_up_unused(const RetryOptions& options,
                                  Instant born,
                                  Instant now,
                                  double random) noexcept {
    if (born < hung_up_at_) {
        return;  // opened together with that one, and counted with it
    }
    if (hang_ups_ > 0 && born - hung_up_at_ > 2 * options.max_delay) {
        hang_ups_ = 0;
    }
    const auto until = later(born, backoff_delay(options, hang_ups_ + 1, random));
    if (until <= now) {
        hang_ups_ = 0;
        return;
    }
    ++hang_ups_;
    hung_up_at_ = now;
    ++rounds_;
    ++failures_;
    retry_at_ = until;
}

}  // namespace cistern::core
