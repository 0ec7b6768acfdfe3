#pragma once

#include <cistern/error.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
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

// Why a caller got no lease: the same facts as the error's text.
struct AcquireEvidence {
    std::string pool;
    AcquireRefusal refusal = AcquireRefusal::kTimedOut;
    std::chrono::nanoseconds waited{};
    std::chrono::nanoseconds expected_wait{};  // until its turn; known when it was refused for this
    PoolStats stats;                           // when the wait ended
    std::vector<Holder> holders;               // the oldest leases, at most three
    std::uint32_t own_leases = 0;   // connections of this pool that the caller itself holds
    bool waits_for_itself = false;  // all that could come back are held by tasks that wait here
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
