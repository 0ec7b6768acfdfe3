#pragma once

#include <cistern/error.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cistern {

// Why a caller got no lease: the same facts as the error's text.
struct AcquireEvidence {
    std::string pool;
    std::chrono::nanoseconds waited{};
    PoolStats stats;                // when the wait ended
    std::vector<Holder> holders;    // the oldest leases, at most three
    std::uint32_t own_leases = 0;   // connections of this pool that the caller itself holds
    bool waits_for_itself = false;  // all that could come back are held by tasks that wait here
};

// No connection came within the caller's time, or the queue of waiters was full.
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

}  // namespace cistern
