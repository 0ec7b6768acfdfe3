#pragma once

// What the typed templates in pool.hpp and lease.hpp stand on. Applications do not use it directly.

#include <cistern/acquire_options.hpp>
#include <cistern/acquire_timeout.hpp>
#include <cistern/deadline.hpp>
#include <cistern/detail/express_lane.hpp>
#include <cistern/error.hpp>
#include <cistern/export.hpp>
#include <cistern/pool_health.hpp>
#include <cistern/pool_options.hpp>
#include <cistern/pool_stats.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace cistern {

class Connection;
template <class Session>
class Pool;

namespace detail {

// Finds the session interface in a connection; null when it does not offer it.
using SessionCast = void* (*)(Connection&);

// One try of with_retry after another.
struct RetryState {
    Deadline deadline;
    std::uint32_t attempts = 0;
    Deadline resume_at = Deadline::never();  // the end of the back-off, once may_retry() said yes
    const LaneSlot* used = nullptr;          // by the last try
    std::uint32_t avoids = kMostEndpoints;   // where that one failed, if there are others
};

// A pool without its session's type; the contract is Pool's. The express lane is asked first; what
// is said here is for when it has nothing. A lease is a LaneSlot until give_back().
class CISTERN_API PoolCore : public LaneOwner {
public:
    PoolCore() = default;
    virtual ~PoolCore();

    [[nodiscard]] virtual ExpressLane& lane() noexcept { return lane_; }
    // The pool of the connections with this match, which lives as long as it is held or lends.
    // ConfigError when the pool has no match_by, or this cannot be a match.
    [[nodiscard]] virtual std::shared_ptr<PoolCore> matching(std::string_view match) = 0;

    [[nodiscard]] virtual LaneSlot& acquire(Timeout timeout, std::source_location where) = 0;
    [[nodiscard]] virtual LaneSlot& acquire(const RetryState& attempt,
                                            std::source_location where) = 0;
    [[nodiscard]] virtual LaneSlot& acquire(const AcquireOptions& options,
                                            std::source_location where) = 0;
    // Null when nothing is idle.
    [[nodiscard]] virtual LaneSlot* try_acquire(std::source_location where) = 0;

    [[nodiscard]] virtual RetryState begin_retry(Timeout timeout) = 0;
    [[nodiscard]] virtual bool may_retry(RetryState& attempt, const Error& error) = 0;
    virtual void await_retry(const RetryState& attempt) = 0;

    virtual void warm_up(Timeout timeout) = 0;
    virtual bool drain(Timeout timeout) = 0;
    virtual void flush(Flush which) = 0;
    virtual void reconnect() = 0;
    virtual void resize(std::uint32_t max_size, std::uint32_t min_idle) = 0;
    virtual void pause() = 0;
    virtual void resume() = 0;
    [[nodiscard]] virtual PoolHealth check(Timeout timeout) = 0;

    [[nodiscard]] virtual Timeout default_timeout() const noexcept = 0;
    [[nodiscard]] virtual PoolStats stats() const = 0;
    [[nodiscard]] virtual std::vector<Holder> holders() = 0;
    [[nodiscard]] virtual const std::string& name() const noexcept = 0;
    [[nodiscard]] virtual const std::string& plugin() const noexcept = 0;

    // Fixes the session interface; the first caller's counts, another one's throws ConfigError.
    // `make` builds the typed facade, which then lives as long as the pool.
    [[nodiscard]] virtual void* facade(const std::type_info& session,
                                       SessionCast cast,
                                       std::shared_ptr<void> (*make)(PoolCore&)) = 0;

protected:
    ExpressLane lane_{*this};
};

}  // namespace detail
}  // namespace cistern
