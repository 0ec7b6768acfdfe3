#pragma once

#include <cistern/export.hpp>
#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace cistern {

// Why a connection was closed.
enum class CloseReason {
    kBroken,
    kInvalid,
    kLifetime,
    kIdle,
    kSurplus,
    kFlushed,
    kDiscarded,
    kEvicted,  // for a connection with another match
    kPoolClosed,
    kOldCredentials,
    kFailback  // an earlier endpoint works again
};

[[nodiscard]] CISTERN_API std::string_view to_string(CloseReason reason) noexcept;

// Another size for a pool with `adaptive`.
struct SizeProposal {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    bool is_applied = false;  // adaptive = on
};

// Told what a pool does; every event has an empty default. (The shape is HikariCP's metrics
// tracker.) That a connection is lent or comes back is no event: a call for each would cost more
// than the borrow. PoolStats counts them.
//
// Thread safety:  called by any number of tasks at once.
// Ownership:      shared with the Runtime it was given to.
// Waiting:        must not wait. Never called under a lock of the pool.
// Errors:         what it throws is swallowed.
class CISTERN_API PoolObserver {
public:
    PoolObserver() = default;
    PoolObserver(const PoolObserver&) = delete;
    PoolObserver& operator=(const PoolObserver&) = delete;
    virtual ~PoolObserver();

    virtual void on_opened(std::string_view /*pool*/, std::chrono::nanoseconds /*took*/) {}
    virtual void on_open_failed(std::string_view /*pool*/, std::string_view /*why*/) {}
    virtual void on_closed(std::string_view /*pool*/, CloseReason /*reason*/) {}
    virtual void on_timeout(std::string_view /*pool*/, std::string_view /*evidence*/) {}
    // Tasks wait in a circle: everything that each of them could be given is held by the others, in
    // this pool or in others of the Runtime, so none goes on before one gives up. `evidence` says
    // who borrowed where, and waits for what. Told once, by the pool that the last of them began to
    // wait for, as soon as it did; some milliseconds later when a connection changed hands without
    // the pool just before. What is left of a circle after one gave up may be told again.
    virtual void on_deadlock(std::string_view /*pool*/, std::string_view /*evidence*/) {}
    // Opening fails, is probed (kHalfOpen), or works again. Told once for each endpoint, by the
    // pool whose open, or whose reconnect(), changed it.
    virtual void on_circuit_changed(std::string_view /*pool*/, const Circuit& /*circuit*/) {}
    virtual void on_leak(std::string_view /*pool*/, const Holder& /*holder*/) {}
    // validate() or reset() failed for `why`; on_closed() follows.
    virtual void on_validation_failed(std::string_view /*pool*/, std::string_view /*why*/) {}

    // What the pool thinks its best size is has changed.
    virtual void on_size_proposed(std::string_view /*pool*/, const SizeProposal& /*proposal*/) {}

    // -- What was done to the pool by hand; told after it is done ---------------------------------
    // Each once: pausing what is paused changes nothing.
    virtual void on_paused(std::string_view /*pool*/) {}
    virtual void on_resumed(std::string_view /*pool*/) {}
    virtual void on_resized(std::string_view /*pool*/,
                            std::uint32_t /*max_size*/,
                            std::uint32_t /*min_idle*/) {}
    // By reconnect(), too.
    virtual void on_flushed(std::string_view /*pool*/, Flush /*which*/) {}
    // drain() is over; `is_complete`: all leases came back in time.
    virtual void on_drained(std::string_view /*pool*/, bool /*is_complete*/) {}
};

}  // namespace cistern
