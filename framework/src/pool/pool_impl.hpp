#pragma once

#include "backend/backend.hpp"
#include "core/pool_machine.hpp"
#include "core/retry_budget.hpp"
#include "pool/credential_cache.hpp"
#include "pool/endpoint_state.hpp"
#include "pool/observer_calls.hpp"
#include "pool/pool_entry.hpp"
#include "pool/running_pool.hpp"
#include "pool/shared_capacity.hpp"
#include "pool/wait_circles.hpp"

#include <cistern/connector.hpp>
#include <cistern/detail/pool_core.hpp>
#include <cistern/pool_observer.hpp>
#include <cistern/pool_options.hpp>

#include <atomic>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <source_location>
#include <stop_token>
#include <string>
#include <typeinfo>
#include <vector>

namespace cistern {

// One of a pool's endpoints.
struct EndpointParts {
    // The same object for every pool whose connector names the same endpoint.
    std::shared_ptr<EndpointState> state;
    std::map<std::string, ConfigValue> settings{};  // over the pool's own: where it is
};

// All that a pool is made of. What is shared lives as long as the last lease.
struct PoolParts {
    std::string name;
    std::string plugin;  // for messages
    PoolOptions options;
    std::shared_ptr<Connector> connector;
    ConnectorConfig config;
    std::shared_ptr<Backend> backend;
    // The same object for every pool whose connector names the same endpoint; none: its own.
    std::shared_ptr<EndpointState> endpoint{};
    // One for each of options.endpoints, in place of `endpoint`.
    std::vector<EndpointParts> endpoints{};
    std::shared_ptr<PoolObserver> observer{};  // none: nobody is told
    // Over `config`, when user and password may change; none: they stay.
    std::shared_ptr<CredentialCache> credentials{};
    // The same object for every pool that may have options.max_size connections together with this
    // one; none: it may have as many alone.
    std::shared_ptr<SharedCapacity> capacity{};
    // The same object for every pool of a Runtime: tasks may hold connections of one and wait for
    // one of another. None: its own.
    std::shared_ptr<WaitCircles> circles{};
};

class PoolImpl;

// Makes a pool that has not opened anything yet. When the last owner lets go without close(), it is
// closed without waiting.
// REQUIRES: core::check_options(parts.options) finds nothing
[[nodiscard]] std::shared_ptr<PoolImpl> make_pool(PoolParts parts);

// Drives the machine: asks it under one short lock, and does what it says after letting go.
//
// Lock rules. mutex_ guards the machine and what stands beside it. Under it nothing is called but
// the machine, the clock, the endpoint (a leaf), and the parker of a task that watches: no
// connector, connection, stream or observer, and no task is started. A connection is touched by one
// party at a time without any lock, because its slot's state says whose it is: the borrower's while
// lent, a task's while connecting, validating, resetting or closing, nobody's while idle. Handing a
// slot from one to the next always passes through mutex_, which is what makes the end of a lease
// happen before the next one.
//
// Lifetime. Tasks and queued waiters own the pool; timers and the endpoint refer to it weakly. A
// pool that is closed with leases out owns itself until the last of them ends.
//
// The express lane lets callers exchange connections without the lock while nobody waits. All that
// enters or leaves it does so under the lock; a connection in it belongs to whoever its word names.
// Every step that ends with the lane to be closed takes everything out of it (pool_lane.cpp).
class PoolImpl final : public RunningPool,
                       public EndpointListener,
                       public CapacityMember,
                       public CircleMember,
                       public ForkListener,
                       public std::enable_shared_from_this<PoolImpl> {
public:
    explicit PoolImpl(PoolParts parts);  // for make_pool()
    ~PoolImpl() override;

    // -- RunningPool ------------------------------------------------------------------------------
    void start() override;
    void close(Deadline deadline) noexcept override;
    bool flush_endpoint(const std::string& endpoint, Flush which) override;
    [[nodiscard]] std::unique_ptr<PendingCheck> begin_check() override;

    // -- detail::PoolCore -------------------------------------------------------------------------
    [[nodiscard]] std::shared_ptr<PoolCore> matching(std::string_view match) override;
    [[nodiscard]] detail::LaneSlot& acquire(Timeout timeout, std::source_location where) override;
    [[nodiscard]] detail::LaneSlot& acquire(const detail::RetryState& attempt,
                                            std::source_location where) override;
    [[nodiscard]] detail::LaneSlot& acquire(const AcquireOptions& options,
                                            std::source_location where) override;
    [[nodiscard]] detail::LaneSlot* try_acquire(std::source_location where) override;
    void give_back(detail::LaneSlot& lease, bool discard) noexcept override;
    [[nodiscard]] bool is_still_usable(detail::LaneSlot& taken) noexcept override;

    [[nodiscard]] detail::RetryState begin_retry(Timeout timeout) override;
    [[nodiscard]] bool may_retry(detail::RetryState& attempt, const Error& error) override;
    void await_retry(const detail::RetryState& attempt) override;

    void warm_up(Timeout timeout) override;
    bool drain(Timeout timeout) override;
    void flush(Flush which) override;
    void reconnect() override;
    void resize(std::uint32_t max_size, std::uint32_t min_idle) override;
    void pause() override;
    void resume() override;
    [[nodiscard]] PoolHealth check(Timeout timeout) override;

    [[nodiscard]] Timeout default_timeout() const noexcept override;
    [[nodiscard]] PoolStats stats() const override;
    [[nodiscard]] std::vector<Holder> holders() override;
    [[nodiscard]] const std::string& name() const noexcept override { return parts_.name; }
    [[nodiscard]] const std::string& plugin() const noexcept override { return parts_.plugin; }
    [[nodiscard]] void* facade(const std::type_info& session,
                               detail::SessionCast cast,
                               std::shared_ptr<void> (*make)(PoolCore&)) override;

    // -- EndpointListener -------------------------------------------------------------------------
    void on_endpoint_free() noexcept override;
    // -- For a KeyedPool --------------------------------------------------------------------------
    [[noreturn]] void refuse_closed() const;
    // Lends nothing any more: drain() without waiting, and no observer is told.
    void stop_lending();
    // What was decided about the keyed pool; no observer is told.
    void follow(std::uint32_t max_size, bool is_paused);
    // It has neither a connection nor a waiter, and its endpoint need not be left alone.
    [[nodiscard]] bool is_forgettable(core::Instant now) const noexcept {
        return core::Instant{forgettable_at_.load(std::memory_order_acquire)} <= now;
    }
    // -- CapacityMember ---------------------------------------------------------------------------
    void on_capacity_changed() noexcept override;

    // -- CircleMember (pool_wait.cpp) -------------------------------------------------------------
    [[nodiscard]] bool has_leases_of(const void* task) override;
    [[nodiscard]] View view_waits() override;
    [[nodiscard]] bool claim_circle(std::uint64_t wait) noexcept override;

    // -- ForkListener (pool_fork.cpp) -------------------------------------------------------------
    void before_fork(Stage stage) noexcept override;
    void after_fork_in_parent() noexcept override;
    void after_fork_in_child() noexcept override;

private:
    friend std::shared_ptr<PoolImpl> make_pool(PoolParts parts);

    // One acquire that queued. Its parker is woken after the lock was let go, when the caller may
    // be gone already; so the queue's side holds it until then.
    struct WaitNode : core::Waiter {
        std::shared_ptr<PoolImpl> pool;
        std::shared_ptr<Parker> parker;
        std::shared_ptr<WaitNode> self;  // while queued, and until it has been woken
        bool may_close_circle = false;   // when it last looked
    };
    struct LastFailure {
        EndpointState::Failure facts;  // null: there was no memory for them
        core::Instant at{};
        std::uint64_t count = 0;  // failures up to this one
    };
    struct PoolEndpoint {
        std::shared_ptr<EndpointState> state;
        std::map<std::string, ConfigValue> settings;
        EndpointState::Member member{};
        std::optional<LastFailure> last_failure{};  // guarded by mutex_
    };
    // What validate() or reset() said.
    struct Verdict {
        bool works = true;
        std::string why{};  // when not; empty for want of memory
    };
    // What the server said to connections that were opened or validated.
    struct Answers {
        std::uint64_t good = 0;
        Ping last_good{};
        std::string last_bad{};  // of a validation
    };
    class Check;
    class Departure;
    class HangUp;

    // Runs `event(now, actions)` under the lock and afterwards does what it made necessary.
    template <class Event>
    void step(Event&& event);
    void join_others();
    void add_entries();
    // True when those who share the capacity are to be told.
    [[nodiscard]] bool start_opens(core::Instant now, core::Actions& actions) noexcept;
    void refuse_unserved(core::Instant now, core::Actions& actions) noexcept;
    // One of the timers that a pool has: the moment it is set for; never: it is not.
    using Timer = core::Instant PoolImpl::*;
    // Marks `timer` as set for `wanted` and returns this, unless it is set for `latest` or earlier.
    [[nodiscard]] core::Instant timer_to_set(Timer timer,
                                             core::Instant wanted,
                                             core::Instant latest) noexcept;
    void set_timer(Timer timer, core::Instant at) noexcept;
    void on_timer(Timer timer, core::Instant at) noexcept;
    void act(core::Actions& actions, bool is_detached) noexcept;

    // -- Callers (pool_acquire.cpp) ---------------------------------------------------------------
    [[nodiscard]] detail::LaneSlot& acquire_until(Deadline deadline,
                                                  const std::stop_token& stop,
                                                  Priority priority,
                                                  std::source_location where,
                                                  std::uint32_t avoids = kMostEndpoints);
    [[nodiscard]] std::uint32_t where_it_failed(const detail::RetryState& attempt) const;
    void take_idle(core::Waiter& caller, core::Instant now, core::Actions& actions) noexcept;
    [[nodiscard]] bool take_up(core::Waiter& caller);
    [[nodiscard]] core::Return look_at(core::Slot& slot, bool discard) noexcept;

    // -- Waiting (pool_wait.cpp) ------------------------------------------------------------------
    // From other tasks of its thread, whose leases are none of its own. Those lent in the lane
    // count for the thread, so a circle of such tasks may go unseen, but none is made up.
    static void tell_apart(core::Waiter& caller, const Parker& parker) noexcept;
    void wait_in_queue(core::Waiter& caller,
                       Deadline deadline,
                       const std::stop_token& stop,
                       AcquireEvidence& evidence);
    void enqueue(const std::shared_ptr<WaitNode>& node,
                 AcquireEvidence& evidence,
                 core::Instant now,
                 core::Actions& actions);
    [[nodiscard]] static bool is_pending(WaitNode& node) noexcept;
    void go_on_waiting(WaitNode& node, bool is_late, bool is_cancelled, AcquireEvidence& evidence);
    void note_circles() noexcept;
    [[nodiscard]] bool may_close_circle(const WaitNode& node) const noexcept;
    [[nodiscard]] WaitCircles::Found circle_of(const WaitNode& node);
    [[nodiscard]] Deadline look_for_circle(const WaitNode& node);
    void wake_waiters() noexcept;

    // -- Errors (pool_errors.cpp) -----------------------------------------------------------------
    [[nodiscard]] AcquireEvidence evidence_now(const core::Waiter& caller,
                                               core::Instant now,
                                               std::vector<CircleLink> circle = {}) const;
    [[noreturn]] void fail(const core::Waiter& caller, AcquireEvidence evidence, Deadline deadline);

    // -- The express lane (pool_lane.cpp) ---------------------------------------------------------
    void enter_lane(core::Slot& slot, core::Instant now) noexcept;
    // Does nothing when it is not there.
    void take_out_of_lane(core::Slot& slot, core::Instant now, core::Actions& actions) noexcept;
    void note_used_in_lane(core::Slot& slot, std::uint32_t takes) noexcept;
    void empty_lane(core::Instant now, core::Actions& actions) noexcept;
    void close_lane_if_needed(core::Instant now, core::Actions& actions) noexcept;
    void sweep_lane(core::Instant now, core::Actions& actions) noexcept;
    // False when nothing in it is idle.
    bool take_one_idle_out_of_lane(core::Instant now, core::Actions& actions) noexcept;

    // -- Places shared with other pools (pool_capacity.cpp) ---------------------------------------
    [[nodiscard]] bool is_room_wanted() const noexcept;
    [[nodiscard]] bool has_room() const noexcept;
    [[nodiscard]] std::uint32_t lent_by_others() const noexcept;
    void note_use(core::Instant now) noexcept;
    void give_up_idle(core::Actions& actions) noexcept;
    [[nodiscard]] bool has_to_yield(core::Return how) noexcept;
    void put_place_back(bool was_given_up) noexcept;
    void tell_of_capacity() noexcept;

    // -- Tasks (pool_tasks.cpp) -------------------------------------------------------------------
    void start_task(core::Slot& slot) noexcept;
    void run_task(core::Slot& slot) noexcept;
    void open(core::Slot& slot) noexcept;
    void connect(core::Slot& slot, Deadline deadline);
    void connect_with(core::Slot& slot, const CredentialCache::Version& version, Deadline deadline);
    void connect_with(core::Slot& slot, const ConnectorConfig& config, Deadline deadline);
    void finish_open(core::Slot& slot, core::Instant began) noexcept;
    void fail_open(core::Slot& slot, const std::exception_ptr& thrown) noexcept;
    void validate(core::Slot& slot) noexcept;
    void reset(core::Slot& slot) noexcept;
    [[nodiscard]] Verdict test(core::Slot& slot, void (Connection::*how)(Deadline)) noexcept;
    template <class Call>
    [[nodiscard]] static Verdict verdict_of(Call&& call) noexcept;
    void tell_validation_failed(const Verdict& verdict) const noexcept;
    [[nodiscard]] EndpointState::Failure facts_of(const std::exception_ptr& thrown) const noexcept;
    void could_not_start(core::Slot& slot, const std::exception_ptr& thrown) noexcept;
    void close_connection(core::Slot& slot, bool politely) noexcept;
    void on_hang_up(core::Slot& slot, std::uint64_t opening) noexcept;

    // -- Endpoints (pool_endpoint.cpp) ------------------------------------------------------------
    [[nodiscard]] EndpointState& endpoint_of(const core::Slot& slot) const noexcept {
        return *endpoints_[slot.endpoint].state;
    }
    [[nodiscard]] core::EndpointGate::Answer try_enter(std::uint32_t endpoint,
                                                       core::Instant now) noexcept;
    // Opens to an endpoint that failback_after is for, if the machine wants that.
    void try_failback(core::Instant now, core::Actions& actions) noexcept;
    // Of several endpoints the name; else empty.
    [[nodiscard]] std::string endpoint_name(std::uint32_t endpoint) const;
    [[nodiscard]] Holder holder_of(const core::HeldLease& lease) const;
    // The first that works, or else the one that is probed next.
    [[nodiscard]] Circuit circuit_now(core::Instant now) const;
    // Of all endpoints, or of one; of none when it is kMostEndpoints.
    void tell_turned_away() noexcept;
    void tell_turned_away(std::uint32_t endpoint) noexcept;
    void note_failure(std::uint32_t endpoint,
                      EndpointState::Failure facts,
                      core::Instant now) noexcept;
    // The last one of any endpoint; null when there was none.
    [[nodiscard]] const LastFailure* last_failure() const noexcept;
    [[nodiscard]] static std::exception_ptr error_of(const LastFailure& failure) noexcept;
    // What somebody is told who waits for an open: the error as it was thrown, or that of each
    // endpoint.
    [[nodiscard]] std::exception_ptr failure_to_tell(core::Instant now) const noexcept;
    [[nodiscard]] EndpointState::Change note_unused_end(const core::Slot& slot,
                                                        core::Instant now,
                                                        double random) noexcept;
    // Outside the lock, like every call of the observer.
    void tell_circuit(std::uint32_t endpoint, const EndpointState::Change& change) const noexcept;

    [[nodiscard]] const Clock& clock() const noexcept { return parts_.backend->clock(); }
    [[nodiscard]] PoolStats stats_now(core::Instant now) const;
    [[nodiscard]] PoolEntry& entry_of(const core::Slot& slot) noexcept {
        return *static_cast<PoolEntry*>(slot.entry);
    }
    // Waits, as a watcher, until `is_done()` holds under the lock; false when the deadline came
    // first.
    template <class Condition>
    bool watch_until(Deadline deadline, Condition is_done);

    // -- Constant after construction --------------------------------------------------------------
    PoolParts parts_;
    const bool blocks_thread_;
    ObserverCalls observer_;
    const std::chrono::nanoseconds sweep_interval_;  // of the express lane; zero: there is none
    std::vector<PoolEndpoint> endpoints_;
    std::size_t joined_ = 0;                 // of them
    SharedCapacity::Member seat_ = nullptr;  // null when all of max_size is its own
    WaitCircles::Member circle_seat_ = nullptr;

    mutable std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    // An entry itself belongs to whoever the slot of the same index names; see above.
    std::deque<PoolEntry> entries_;
    core::PoolMachine machine_;
    Answers answers_;
    std::uint64_t endpoint_calls_ = 0;               // of on_endpoint_free()
    std::vector<std::shared_ptr<Parker>> watchers_;  // of tasks that wait for the pool as a whole
    // The endpoint whose admission the last step had no place for; kMostEndpoints: none.
    std::uint32_t left_untried_ = kMostEndpoints;
    core::Instant retry_at_ = core::kNever;      // when the endpoint admits again, if we want it to
    core::Instant retry_timer_ = core::kNever;   // for retry_at_
    core::Instant ageing_timer_ = core::kNever;  // for what the machine says is due
    core::Instant lane_timer_ = core::kNever;    // for the next sweep
    core::Instant swept_at_{};                   // the lane, last
    bool is_detached_ = false;                   // the backend starts no task any more
    std::shared_ptr<PoolImpl> self_;             // detached, with leases out

    mutable std::mutex retry_mutex_;  // a leaf
    // -- Guarded by retry_mutex_ ------------------------------------------------------------------
    core::RetryBudget budget_;
    std::uint64_t retries_ = 0;

    // -- Synchronises itself ----------------------------------------------------------------------
    std::atomic<core::Instant::rep> forgettable_at_{0};
    std::atomic<detail::SessionCast> cast_{nullptr};

    std::mutex facade_mutex_;
    // -- Guarded by facade_mutex_ -----------------------------------------------------------------
    const std::type_info* session_ = nullptr;
    std::shared_ptr<void> facade_;

    std::unique_ptr<ForkWatch> fork_watch_;  // last: it refers to all of the above
};

}  // namespace cistern
