#pragma once

#include "core/instant.hpp"

#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>

#include <cstdint>
#include <limits>

namespace cistern::core {

// What is known of an endpoint at one moment.
struct CircuitView {
    CircuitState state = CircuitState::kClosed;
    std::uint32_t failures = 0;  // in a row
    Instant retry_at{};          // while kOpen
};

// What keeps a server that is down or slow from being stormed: how many opens are under way to one
// endpoint, and how long to leave it alone after a failure. Neither depends on how many callers
// wait.
//
// While opening keeps failing, one open at a time goes through, as a probe. Opens that were under
// way together and fail together count as one failure.
//
// Slow start: the first open that succeeds after a failure lets one at a time through still, and
// each further one doubles that, up to the pool's max_connecting. A server that has just come back
// is not met by everybody at once.
//
// Thread safety:  none; pool/endpoint_state.hpp adds it.
class EndpointGate {
public:
    struct Answer {
        bool admitted = false;
        bool is_failing = false;   // the circuit is not closed; when admitted: this is its probe
        std::uint64_t ticket = 0;  // when admitted: for leave_failed()
        Instant retry_at =
            kNever;  // when not: the end of the back-off; never: an open must end first
    };

    [[nodiscard]] Answer try_enter(std::uint32_t max_connecting, Instant now) noexcept;

    // What ends an admission, or says something about the endpoint besides. True when the circuit
    // has changed.
    bool leave_opened() noexcept;
    // The open never began, which says nothing about the endpoint.
    void leave_untried() noexcept { --connecting_; }
    bool leave_failed(std::uint64_t ticket,
                      const RetryOptions& options,
                      Instant now,
                      double random) noexcept;
    // The peer has hung up on a connection opened at `born` that nobody had used: a server that
    // does so with each must not be stormed either. One that had lasted for longer than the
    // back-off is replaced at once.
    bool hung_up_unused(const RetryOptions& options,
                        Instant born,
                        Instant now,
                        double random) noexcept;
    // The endpoint may be tried at once. The slow start stays: nobody has seen it work.
    bool forget_failures() noexcept;

    [[nodiscard]] CircuitView view(Instant now) const noexcept;
    [[nodiscard]] std::uint32_t connecting() const noexcept { return connecting_; }
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

private:
    void note_failure(Instant retry_at) noexcept;

    static constexpr auto kNoLimit = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t connecting_ = 0;
    std::uint32_t at_once_ = kNoLimit;  // opens that the slow start allows
    std::uint32_t failures_ = 0;        // in a row
    std::uint64_t rounds_ = 0;          // outcomes that changed what we know
    std::uint32_t hang_ups_ = 0;        // in a row, of connections that were new
    Instant hung_up_at_{};              // the last of them
    Instant retry_at_{};
};

}  // namespace cistern::core
