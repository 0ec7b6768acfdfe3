#pragma once

#include <cistern/error.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <vector>

namespace cistern {

// What ended an acquire without a lease.
enum class AcquireRefusal : std::uint8_t {
    kTimedOut,    // nothing came until the caller's deadline
    kQueueFull,   // at once: as many callers waited as max_waiters allows
    kHopeless,    // at once: its turn would have come after its deadline (reject_hopeless)
    kOverloaded,  // after a wait beyond codel.target, so that others are served in time
};

// One connection in a circle of tasks that wait for each other: whoever holds it waits for another
// one, which somebody of the circle has to return first.
struct CircleLink {
    std::string pool;  // whose connection it is
    Holder holder;
    std::string waits_for;  // the pool that its holder waits for
    std::source_location waits_at;
    std::chrono::nanoseconds waited{};
};

// Why a caller got no lease: the same facts as the error's text.
struct AcquireEvidence {
    std::string pool;
    AcquireRefusal refusal = AcquireRefusal::kTimedOut;
    std::chrono::nanoseconds waited{};
    std::chrono::nanoseconds expected_wait{};  // until its turn; known when it was refused for this
    PoolStats stats;                           // when the wait ended
    std::vector<Holder> holders;               // the oldest leases, at most three
    std::uint32_t own_leases = 0;  // connections of this pool that the caller itself holds
    // The caller is part of a circle: all that it could be given is held by tasks that wait, in the
    // pools of one Runtime, for each other.
    bool waits_for_itself = false;
    std::vector<CircleLink> circle;  // then: what the caller holds first, and all that it waits for
};

// No connection came within the caller's time, or the pool refused to let the caller wait (any
// longer): evidence().refusal says which.
class CISTERN_API AcquireTimeout : public Error {
public:
    explicit AcquireTimeout(const std::string& what,
                            AcquireEvidence evidence = {},
                            std::source_location where = std::source_location::current());
    ~AcquireTimeout() override;

    [[nodiscard]] const AcquireEvidence& evidence() const noexcept { return evidence_; }

private:
    AcquireEvidence evidence_;
};

// With fail_fast: a connection would have had to be opened, and opening fails just now. Says how
// long for, when it is tried next, and the last connect error. Transient if that one was.
class CISTERN_API CircuitOpen : public ConnectError {
public:
    CircuitOpen(const std::string& what,
                Circuit circuit,
                std::exception_ptr cause,
                ErrorTraits traits = {.is_transient = true},
                std::source_location where = std::source_location::current());
    ~CircuitOpen() override;

    [[nodiscard]] const Circuit& circuit() const noexcept { return circuit_; }
    // The last connect error as it was thrown.
    [[nodiscard]] const std::exception_ptr& cause() const noexcept { return cause_; }

private:
    Circuit circuit_;
    std::exception_ptr cause_;
};

}  // namespace cistern
