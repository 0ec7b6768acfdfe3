#pragma once

#include <cistern/durations.hpp>
#include <cistern/export.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// A lease that is out: since when, and where it was borrowed.
struct Holder {
    // At least: what was borrowed in the express lane is as old as this, or older by less than half
    // of validate_after_idle.
    std::chrono::nanoseconds held{};
    std::source_location where;
    std::string endpoint{};  // of a pool with several: the one it is connected to
};

// The last time that opening a connection failed.
struct ConnectFailure {
    std::string what;
    std::chrono::nanoseconds age{};
};

// What is known of the server behind a pool, by opening connections to it.
enum class CircuitState : std::uint8_t {
    kClosed,    // opening works, or has not been tried
    kOpen,      // it failed, and is not tried before the back-off has passed
    kHalfOpen,  // the back-off has passed: one open goes through at a time, as a probe
};

// "closed", "open", "half-open".
[[nodiscard]] CISTERN_API std::string_view to_string(CircuitState state) noexcept;

// The circuit of one endpoint, shared by all pools whose connectors name it.
struct Circuit {
    std::string endpoint;  // as the connector names it; empty: the pool's own
    CircuitState state = CircuitState::kClosed;
    std::uint32_t failures = 0;                    // in a row; opens under way together count once
    std::chrono::nanoseconds next_probe_in{};      // while kOpen
    std::optional<ConnectFailure> last_failure{};  // of any pool's, also when it works again
};

// What a pool has to do with one of its endpoints.
struct EndpointStats {
    std::uint32_t total = 0;  // connections: idle, lent, being opened, validated, reset or closed
    std::uint32_t idle = 0;
    std::uint32_t lent = 0;
    std::uint32_t connecting = 0;
    Circuit circuit;
};

// One moment of a pool. All numbers were read together, so they fit: idle + lent + connecting +
// validating + closing == total, and total <= max_size. Of a pool with match_by they are sums over
// its matches, which were read one after another; peaks are the highest of one match or of such a
// sum, and `circuit` is that of connections without a match.
//
// Thread safety:  a value.
struct PoolStats {
    // -- Now --------------------------------------------------------------------------------------
    std::uint32_t max_size = 0;  // as it counts now: with adaptive = on, what the pool has found
    // With adaptive = on or report: the size that the pool thinks best. 0: it does not think.
    std::uint32_t proposed_size = 0;
    std::uint32_t total = 0;
    std::uint32_t idle = 0;
    std::uint32_t lent = 0;
    std::uint32_t connecting = 0;
    std::uint32_t validating = 0;  // being validated or reset
    std::uint32_t closing = 0;
    std::uint32_t waiting = 0;    // callers
    std::uint32_t held_back = 0;  // of these, by a reserve: they wait though something may be idle
    // Places of max_size that other matches of the same keyed pool take; these are not in total.
    std::uint32_t taken_by_others = 0;
    bool is_paused = false;
    // -- Since the pool was made ------------------------------------------------------------------
    std::uint64_t acquired = 0;  // leases handed out
    std::uint64_t released = 0;  // leases that ended
    std::uint64_t timeouts = 0;  // acquires that passed their deadline
    std::uint64_t rejected = 0;  // acquires refused: by a limit of the queue, closed, or fail_fast
    std::uint64_t rejected_hopeless = 0;  // ... because their turn would have come too late
    std::uint64_t rejected_late = 0;      // ... because they had waited beyond codel.target
    std::uint64_t opened = 0;             // connects that succeeded
    std::uint64_t open_failures = 0;      // connects that failed
    std::uint64_t closed = 0;             // connections closed, for whatever reason
    std::uint64_t closed_broken = 0;      // ... because they were broken or dirty
    std::uint64_t closed_invalid = 0;     // ... because validation or reset failed
    std::uint64_t closed_lifetime = 0;    // ... because of max_lifetime
    std::uint64_t closed_idle = 0;        // ... because of idle_timeout
    std::uint64_t closed_evicted = 0;     // ... to make room for a connection with another match
    std::uint64_t validations = 0;        // validations that were tried
    std::uint64_t retries = 0;            // calls repeated by with_retry
    std::uint64_t leaks_reported = 0;     // leases held longer than leak_threshold
    // As far as the pool was asked: what callers exchange in the express lane between two looks is
    // not counted, and cannot be more than were open.
    std::uint32_t peak_lent = 0;
    std::uint32_t peak_waiting = 0;
    std::chrono::nanoseconds longest_wait{};
    std::optional<ConnectFailure> last_connect_failure;
    // -- How long it took, since the pool was made; empty in an AcquireEvidence and a PoolHealth
    // ---
    Durations wait_time;        // of callers that had to wait, until a connection was granted
    Durations connect_time;     // of connects that succeeded
    Durations validation_time;  // of validations that succeeded
    // Of leases that ended under the pool's lock: all of a pool without an express lane; else those
    // that had something to undo or were dirty, that ended while somebody waited, and that lasted
    // from one sweep of the lane to the next (these are as long as Holder::held says). What comes
    // and goes in the lane is timed by nobody.
    Durations use_time;
    // -- Of the endpoint --------------------------------------------------------------------------
    // Of several: of the first that works, or else of the one that is probed next.
    Circuit circuit;
    // In the order in which they are listed; one for a pool with one. Of a pool with match_by those
    // of connections without a match: what matches have elsewhere is not listed.
    std::vector<EndpointStats> endpoints{};

    // Leases per opened connection: how much work the pool saved.
    [[nodiscard]] double reuse() const noexcept {
        return opened == 0 ? 0.0 : static_cast<double>(acquired) / static_cast<double>(opened);
    }
};

}  // namespace cistern
