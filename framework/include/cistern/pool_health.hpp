#pragma once

#include <cistern/export.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cistern {

// What a caller would find who asked a pool for a connection now.
enum class HealthState : std::uint8_t {
    kHealthy,   // the server answers, and nobody has to wait
    kDegraded,  // he would have to wait: paused, all lent, others wait; or the circuit is not
                // closed
    kDown,      // nothing can be lent: drained or closed, or the server does not answer
};

// "healthy", "degraded", "down".
[[nodiscard]] CISTERN_API std::string_view to_string(HealthState state) noexcept;

// How the server was heard of.
enum class PingKind : std::uint8_t { kOpened, kValidated };

// A connection that answered while a check went on.
struct Ping {
    PingKind kind = PingKind::kValidated;
    std::chrono::nanoseconds took{};  // the validation, or the whole connect
};

// What Pool::check() found. Of a pool with match_by it sums up the matches that have something
// idle, or callers who wait: kDown when all are down, kDegraded when any is not healthy; `ping` is
// then the slowest.
//
// Thread safety:  a value.
struct PoolHealth {
    std::string pool;
    HealthState state = HealthState::kDown;
    std::string why;           // in words, with the last error and its age; empty when healthy
    std::optional<Ping> ping;  // none: no connection answered, or none could be asked
    bool is_closed = false;    // drained or closed; whether it is paused, `stats` says
    // When the check ended: what waits and is lent, the circuit, the last connect error.
    PoolStats stats;
};

}  // namespace cistern
