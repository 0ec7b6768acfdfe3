#pragma once

#include <cistern/acquire_options.hpp>
#include <cistern/acquire_timeout.hpp>
#include <cistern/connection.hpp>
#include <cistern/deadline.hpp>
#include <cistern/export.hpp>
#include <cistern/lease.hpp>
#include <cistern/pool_health.hpp>
#include <cistern/pool_stats.hpp>

#include <cstdint>
#include <optional>
#include <source_location>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace cistern {

// A bounded set of open connections to one endpoint, or to several that stand in for each other,
// each lent to one caller at a time.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Ownership:      the Runtime owns the Pool; each Lease keeps the pool's state alive.
// Waiting:        acquire() waits until its deadline at most; ending a lease never waits.
// Errors:         throws cistern::Error; a call that throws leaves the pool as it was.
// Fork:           in a child of fork() the pool is empty and begins anew, under the same options:
//                 it opens connections of its own, and nothing is said on the parent's.
// Memory effects: the end of a lease happens-before the next lease of the same connection.
template <class Session>
class Pool {
public:
    using Where = std::source_location;

    explicit Pool(detail::PoolCore& core) noexcept : core_{&core}, lane_{&core.lane()} {}
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Waits for the pool's acquire_timeout at most.
    [[nodiscard, gnu::always_inline]] Lease<Session> acquire(Where where = Where::current()) {
        return lend(where, [=, this]() -> detail::LaneSlot& {
            return core_->acquire(core_->default_timeout(), where);
        });
    }
    // AcquireTimeout when no connection came within `timeout`; PoolClosed once drained; the last
    // connect error when opening failed retry.max_attempts times for this caller.
    [[nodiscard, gnu::always_inline]] Lease<Session> acquire(Timeout timeout,
                                                             Where where = Where::current()) {
        return lend(where,
                    [=, this]() -> detail::LaneSlot& { return core_->acquire(timeout, where); });
    }
    // The same, and Cancelled as soon as `stop` is requested while it waits. A connection that was
    // granted first is returned all the same.
    [[nodiscard]] Lease<Session> acquire(Timeout timeout,
                                         const std::stop_token& stop,
                                         Where where = Where::current()) {
        return acquire(AcquireOptions{.timeout = timeout, .stop = stop}, where);
    }
    // The same with what else a call may ask for, by name:
    //     pool.acquire({.timeout = 250ms, .priority = Priority::kHigh})
    // Of those who wait, whoever has the higher priority goes first, and first come, first served
    // among equals; but after sixteen others went before it, the oldest of a lower priority is
    // next. What is lent cannot be taken back; `reserve` keeps connections free for urgent callers.
    // All other calls are Priority::kNormal.
    [[nodiscard]] Lease<Session> acquire(const AcquireOptions& options,
                                         Where where = Where::current()) {
        return lend(where, [&]() -> detail::LaneSlot& { return core_->acquire(options, where); });
    }
    // Of a pool with `match_by`: a connection with that setting of its plugin being `match`, such
    // as "host:port" or a database's name. ConfigError when the pool has no match_by, or the
    // setting does not allow this; otherwise as above. Where all of max_size is taken, connections
    // with other matches give way, those idle for longest first.
    [[nodiscard]] Lease<Session> acquire(std::string_view match,
                                         Timeout timeout,
                                         Where where = Where::current()) {
        const auto pool = core_->matching(match);
        auto* slot = pool->lane().try_take(where);
        if (slot == nullptr || slot->look_first) {
            slot = pool->lane().take_another(slot, where);
        }
        if (slot == nullptr) {
            slot = &pool->acquire(timeout, where);
        }
        return Lease<Session>{*slot, *detail::find_exceptions_in_flight()};
    }
    // Never waits; empty when no connection is idle right now. Asking the server would be waiting,
    // so a connection that has been idle for long is looked at and not validated; the same goes for
    // a timeout of zero.
    [[nodiscard]] std::optional<Lease<Session>> try_acquire(Where where = Where::current()) {
        auto* slot = lane_->try_take(where);
        if (slot == nullptr || slot->look_first) [[unlikely]] {
            slot = lane_->take_another(slot, where);
            if (slot == nullptr && (slot = core_->try_acquire(where)) == nullptr) {
                return std::nullopt;
            }
        }
        return std::optional<Lease<Session>>{std::in_place, *slot, *detail::lane_thread.exceptions};
    }

    // Calls `work(session)` with a lease of its own, and again on another connection when it fails
    // with an error that is transient and leaves no doubt about the outcome: at most
    // retry.max_attempts times, with back-off, within the retry budget, and within `timeout` in
    // all. Where there are several endpoints, it goes on with what is idle to another one.
    template <class Work>
    std::invoke_result_t<Work&, Session&> with_retry(Work work,
                                                     std::optional<Timeout> timeout = {},
                                                     Where where = Where::current()) {
        auto attempt = core_->begin_retry(timeout.value_or(core_->default_timeout()));
        while (true) {
            try {
                const auto ask = [&]() -> detail::LaneSlot& {
                    return core_->acquire(attempt, where);
                };
                Lease<Session> lease = attempt.avoids == kMostEndpoints
                                           ? lend(where, ask)
                                           : Lease<Session>{ask(), *detail::lane_thread.exceptions};
                attempt.used = lease.slot_;
                return work(*lease);
            } catch (const Error& error) {
                if (!core_->may_retry(attempt, error)) {
                    throw;
                }
            }
            core_->await_retry(attempt);
        }
    }

    // Waits until min_idle connections are open; throws what kept them from opening.
    void warm_up(Timeout timeout) { core_->warm_up(timeout); }

    // -- Changes while it runs --------------------------------------------------------------------
    // None of them waits; what is lent is closed as it comes back.

    // Closes what is idle, and with Flush::kAll what is lent too, as it comes back. Others are
    // opened as they are needed.
    void flush(Flush which = Flush::kAll) { core_->flush(which); }
    // flush(), and tries its endpoints at once even if it failed a moment ago.
    void reconnect() { core_->reconnect(); }
    // ConfigError when the two numbers do not fit together. A smaller pool sheds what is idle now
    // and what is lent as it comes back.
    void resize(std::uint32_t max_size, std::uint32_t min_idle) {
        core_->resize(max_size, min_idle);
    }
    // Lends and opens nothing until resume(): whoever asks waits, up to its own deadline.
    void pause() { core_->pause(); }
    void resume() { core_->resume(); }

    // Lends nothing any more, closes what is idle, and waits for what is lent. True when all came
    // back in time. Idempotent; a later lease that ends is closed then.
    bool drain(Timeout timeout) { return core_->drain(timeout); }

    // Asks the server now, and says what whoever asked for a connection would find. The connection
    // that has been idle for longest is validated; with none idle one is opened, where there is
    // room and the back-off allows it; or one that is being opened or validated already is waited
    // for. It is no lease and no use: it keeps one connection from callers, for as long as the
    // server takes to answer, validate_timeout at most. Where nothing can be asked (all lent,
    // paused, closed, or within the back-off) it does not wait. Else it waits for the answer,
    // `timeout` at most.
    [[nodiscard]] PoolHealth check(Timeout timeout) { return core_->check(timeout); }

    [[nodiscard]] PoolStats stats() const { return core_->stats(); }
    // The leases that are out, the oldest first.
    [[nodiscard]] std::vector<Holder> holders() { return core_->holders(); }
    [[nodiscard]] const std::string& name() const noexcept { return core_->name(); }

private:
    // What the express lane has, or else what `ask` gets from the pool.
    template <class Ask>
    [[gnu::always_inline]] Lease<Session> lend(Where where, Ask ask) {
        auto* slot = lane_->try_take(where);
        if (slot == nullptr || slot->look_first) [[unlikely]] {
            slot = &look_further(slot, where, ask);
        }
        return Lease<Session>{*slot, *detail::lane_thread.exceptions};
    }
    // Out of line, so that what every borrow runs through stays small.
    template <class Ask>
    [[gnu::noinline]] detail::LaneSlot& look_further(detail::LaneSlot* taken,
                                                     Where where,
                                                     Ask& ask) {
        if (auto* const slot = lane_->take_another(taken, where)) {
            return *slot;
        }
        auto& slot = ask();
        // A fiber may come out of the wait on a thread that has not found its counter yet.
        static_cast<void>(detail::find_exceptions_in_flight());
        return slot;
    }

    detail::PoolCore* core_;
    detail::ExpressLane* lane_;  // core_'s; here to spare a step
};

namespace detail {

// The typed face of `core`, made when it is first asked for.
template <class Session>
[[nodiscard]] Pool<Session>& typed(PoolCore& core) {
    void* const facade = core.facade(
        typeid(Session),
        [](Connection& connection) -> void* { return dynamic_cast<Session*>(&connection); },
        [](PoolCore& made_for) -> std::shared_ptr<void> {
            return std::make_shared<Pool<Session>>(made_for);
        });
    return *static_cast<Pool<Session>*>(facade);
}

}  // namespace detail
}  // namespace cistern
