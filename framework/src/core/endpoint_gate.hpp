#pragma once

#include "core/instant.hpp"

#include <cistern/pool_options.hpp>

#include <cstdint>

namespace cistern::core {

// What keeps a server that is down or slow from being stormed: how many opens are under way to one
// endpoint, and how long to leave it alone after a failure. Neither depends on how many callers
// wait.
//
// While opening keeps failing, one open at a time goes through, as a probe. Opens that were under
// way together and fail together count as one failure.
//
// Thread safety:  none; pool/endpoint_state.hpp adds it.
class EndpointGate {
public:
    struct Answer {
        bool admitted = false;
        std::uint64_t ticket = 0;  // when admitted: for leave_failed()
        Instant retry_at =
            kNever;  // when not: the end of the back-off; never: an open must end first
    };

    [[nodiscard]] Answer try_enter(std::uint32_t max_connecting, Instant now) noexcept {
        if (failures_ > 0 && now < retry_at_) {
            return {.retry_at = retry_at_};
        }
        if (connecting_ >= (failures_ > 0 ? 1 : max_connecting)) {
            return {};
        }
        ++connecting_;
        return {.admitted = true, .ticket = rounds_};
    }
    void leave_opened() noexcept {
        --connecting_;
        failures_ = 0;
        ++rounds_;
    }
    // The open never began, which says nothing about the endpoint.
    void leave_untried() noexcept { --connecting_; }
    void leave_failed(std::uint64_t ticket,
                      const RetryOptions& options,
                      Instant now,
                      double random) noexcept;
    // The peer has hung up on a connection opened at `born` that nobody had used: a server that
    // does so with each must not be stormed either. One that had lasted for longer than the
    // back-off is replaced at once.
    void hung_up_unused(const RetryOptions& options,
                        Instant born,
                        Instant now,
                        double random) noexcept;

    void forget_failures() noexcept { failures_ = 0; }

    [[nodiscard]] std::uint32_t connecting() const noexcept { return connecting_; }
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

private:
    std::uint32_t connecting_ = 0;
    std::uint32_t failures_ = 0;  // in a row
    std::uint64_t rounds_ = 0;    // outcomes that changed what we know
    std::uint32_t hang_ups_ = 0;  // in a row, of connections that were new
    Instant hung_up_at_{};        // the last of them
    Instant retry_at_{};
};

}  // namespace cistern::core
