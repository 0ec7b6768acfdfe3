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

}  // namespace cistern::core
