#pragma once

#include <cistern/export.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
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
    kPoolClosed
};

[[nodiscard]] CISTERN_API std::string_view to_string(CloseReason reason) noexcept;

// Told what a pool does; every event has an empty default. (The shape is HikariCP's metrics
// tracker.)
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
    // Every connection is lent to tasks that wait for another one of the same pool; `evidence` says
    // where they borrowed. Told when the last of them begins to wait.
    virtual void on_deadlock(std::string_view /*pool*/, std::string_view /*evidence*/) {}
    virtual void on_leak(std::string_view /*pool*/, const Holder& /*holder*/) {}
};

}  // namespace cistern
