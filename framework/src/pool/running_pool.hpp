#pragma once

#include <cistern/detail/pool_core.hpp>

#include <memory>
#include <string>

namespace cistern {

// A health check that has begun: what it has to ask the server, it has asked.
class PendingCheck {
public:
    PendingCheck() = default;
    PendingCheck(const PendingCheck&) = delete;
    PendingCheck& operator=(const PendingCheck&) = delete;
    virtual ~PendingCheck() = default;

    // Waits for the answer, where there is one to wait for. Once.
    [[nodiscard]] virtual PoolHealth finish(Deadline deadline) = 0;
};

// A pool as its Runtime sees it.
class RunningPool : public detail::PoolCore {
public:
    // Begins to open min_idle connections. Once, before anything else.
    virtual void start() = 0;
    // Lends nothing any more, tells waiters, closes what is idle, and waits until the pool's tasks
    // have ended or the deadline has passed; not for leases. Afterwards nothing is asked of the
    // backend but its clock: a lease that ends closes its connection on the spot.
    virtual void close(Deadline deadline) noexcept = 0;
    // The first half of check().
    [[nodiscard]] virtual std::unique_ptr<PendingCheck> begin_check() = 0;
    // flush() of what connects to this endpoint; false when nothing of it does.
    virtual bool flush_endpoint(const std::string& endpoint, Flush which) = 0;
};

}  // namespace cistern
