#pragma once

// What really happens in a run, noted outside the pool, and the promises that the pool's own word
// is held against. The numbers in the messages are those of docs/verification.md.

#include "backend/simulation/simulation_backend.hpp"
#include "pool/pool_impl.hpp"
#include "simulation/scenario.hpp"

#include <cistern/pool_observer.hpp>

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace cistern::test {

class Ledger {
public:
    using Instant = std::chrono::nanoseconds;

    // One call of acquire() that has not returned.
    struct Acquire {
        std::size_t pool = 0;
        Priority priority = Priority::kNormal;
        std::shared_ptr<simulation::Task> task;
        Instant called_at{};
        Deadline deadline = Deadline::never();
        std::uint64_t called_step = 0;
        std::uint64_t parked_step = 0;             // when it was first seen waiting; 0: not yet
        bool is_repeated = false;                  // by with_retry, which does more than to acquire
        bool was_overtaken = false;                // a later caller, as urgent, got a lease
        std::array<std::uint64_t, 3> passed_by{};  // later callers who are less urgent
        std::stop_source stop{std::nostopstate};
        bool was_stuck = false;           // nobody could have served it, as far as clients know
        std::uint64_t has_told_step = 0;  // when it last told that it is in a circle; 0: never
        std::uint64_t told_step = 0;      // the same, told by whoever is in it
    };
    // One call of connect(), for as long as it lasts.
    class Attempt {
    public:
        Attempt(Ledger& ledger, std::size_t pool, const Endpoint& place, Deadline deadline);
        Attempt(const Attempt&) = delete;
        Attempt& operator=(const Attempt&) = delete;
        ~Attempt();
        void succeeded(std::string peer) noexcept { peer_ = std::move(peer); }

    private:
        friend class Ledger;
        Ledger& ledger_;
        const std::size_t pool_;
        const std::size_t endpoint_;
        const Instant began_;
        const Deadline deadline_;
        bool may_be_older_ = false;  // admitted before the last outcome, and begun after it
        std::string peer_;           // empty: it failed
    };

    Ledger(simulation::SimulationBackend& world, const Scenario& scenario);
    void watch(std::size_t pool, std::shared_ptr<PoolImpl> impl) {
        pools_[pool].impl = std::move(impl);
    }
    void unwatch() noexcept;
    // Told where a name points now: no later connection may lead anywhere else.
    void pointed(std::size_t endpoint, std::string address);

    void violated(const std::string& what);

    // -- From connectors and observers ------------------------------------------------------------
    void plugin_called(const char* what) const;
    [[nodiscard]] std::uint64_t connection_made(std::size_t pool);
    // It is usable from now on, and its age counts.
    void connection_opened(std::size_t pool, std::uint64_t number) {
        auto& facts = pools_[pool].connections[number];
        facts.born = now();
        facts.is_open = true;
    }
    void connection_gone(std::size_t pool, std::uint64_t number);
    [[nodiscard]] std::shared_ptr<PoolObserver> observer(std::size_t pool);

    // -- From clients -----------------------------------------------------------------------------
    std::list<Acquire>::iterator acquire_begins(std::size_t pool,
                                                Timeout timeout,
                                                Priority priority = Priority::kNormal);
    void acquire_ends(std::list<Acquire>::iterator acquire, bool has_lease);
    void repeated_acquire_ends(std::list<Acquire>::iterator acquire, bool has_worked);
    void acquire_refused(std::list<Acquire>::iterator acquire, const AcquireEvidence& evidence);
    void circuit_was_open(const Acquire& acquire);
    void use_begins(const Acquire& acquire, std::uint64_t connection, StreamState state);
    void use_ends(std::size_t pool, std::uint64_t connection);
    void call_begins(std::size_t pool) noexcept { ++pools_[pool].calls_with_retry; }
    void drain_began(std::size_t pool) noexcept { pools_[pool].is_closed = true; }

    // Somebody who waits in an acquire, for as long as that lasts; null when nobody does.
    [[nodiscard]] const Acquire* one_waiting();

    // -- From the operator ------------------------------------------------------------------------
    // The number of the newest connection: a flush that begins now reaches all up to it.
    [[nodiscard]] std::uint64_t newest_connection() const noexcept { return connections_made_; }
    void flushed(std::size_t pool, std::uint64_t newest);
    void note_proposal(std::size_t pool, const SizeProposal& proposal);
    void reconnect_begins(std::size_t pool);
    void reconnect_ends(std::size_t pool);
    void resize_begins(std::size_t pool, std::uint32_t max_size, std::uint32_t min_idle);
    void resize_ends(std::size_t pool, std::uint32_t max_size, std::uint32_t min_idle);

    // -- Checks -----------------------------------------------------------------------------------
    void check_step();
    void check_quiet();
    // Clients have ended, and everything had time to age.
    void check_aged();
    // Pools are closed and the backend has stopped.
    void check_end();

private:
    class Observer;
    struct Facts {
        Instant born{};
        bool is_open = false;  // connect() has returned it
        bool is_used = false;
        bool was_used = false;
        Priority lent_to = Priority::kNormal;
        const simulation::Task* holder = nullptr;  // while is_used
        Instant used_until{};
        std::uint64_t flushed_step = 0;  // when the first flush that reached it had ended; 0: none
    };
    struct Watched {
        std::shared_ptr<PoolImpl> impl;
        PoolOptions options;                         // max_size: the largest that it ever had
        std::vector<std::size_t> endpoints;          // in the order of the pool's list
        std::map<std::uint64_t, Facts> connections;  // that exist
        std::uint32_t held = 0;
        std::array<std::uint32_t, 3> held_by{};      // by priority
        std::array<std::uint64_t, 3> more_urgent{};  // leases to those who are
        std::uint64_t calls_with_retry = 0;
        std::uint64_t told_opened = 0;
        std::uint64_t told_failed = 0;
        std::uint64_t told_closed = 0;
        std::uint64_t told_leaks = 0;
        bool is_closed = false;
        Instant short_since = Instant::max();  // when nobody was seen to open what is wanted
        PoolStats stats;                       // as last seen
    };
    // What the back-off of an endpoint must be at least, from what became of connects.
    struct Gate {
        static constexpr std::uint32_t kNoLimit = 1U << 30;

        std::string address;
        Instant pointed_at{};
        std::vector<Attempt*> attempts;  // under way
        std::uint32_t failures = 0;      // in a row; those that may have been together once
        bool has_failed = false;         // since the last success
        Instant last_outcome{};
        Instant last_failure{};
        Instant last_success{};
        Instant reconnected_at{};
        Instant opens_again{};  // not before
        // Opens that the slow start allows at once: at least, and at most.
        std::uint32_t least_at_once = kNoLimit;
        std::uint32_t most_at_once = kNoLimit;
        std::uint64_t late = 0;  // connects that were admitted before the last outcome, not begun
        Instant latest{};        // by when they have
        bool must_count_late = false;
        bool is_reconnecting = false;  // what is known of failures is about to be forgotten
    };

    void attempt_begins(Attempt& attempt);
    void attempt_ends(Attempt& attempt);
    void note_success(const Attempt& attempt);
    void check_stats(const Watched& pool, std::uint32_t total_before);
    void note_order(const Acquire& served);
    void check_reserves(const Watched& pool);
    void check_waiters_served(const Watched& pool);
    void check_demand(Watched& pool);
    [[nodiscard]] bool may_be_opened_to(const Watched& pool, std::size_t endpoint) const;
    void check_room(const Watched& pool, std::uint64_t missing);
    // What all pools count, together.
    [[nodiscard]] std::uint32_t sum_of(std::uint32_t PoolStats::*count) const;
    void check_gates();
    void check_overtaking();

    // -- Who waits for whom (circles.cpp) ---------------------------------------------------------
    // Leases of some clients, in one pool or in all that share places with it.
    struct Taken {
        std::array<std::uint32_t, 3> by_priority{};
        std::uint32_t in_all = 0;
    };
    using Acquires = std::vector<Acquire*>;
    [[nodiscard]] Taken taken_by(const Acquires& holders, std::size_t pool) const;
    [[nodiscard]] bool can_be_served(const Acquire& acquire, const Acquires& stuck) const;
    [[nodiscard]] Acquires stuck_acquires();
    [[nodiscard]] bool holds_up(const Acquire& waiting, Acquire& by, const Acquires& stuck) const;
    [[nodiscard]] std::vector<std::vector<bool>> who_waits_for_whom(const Acquires& stuck) const;
    void note_stuck();
    void circle_told();
    void check_circles();
    [[nodiscard]] std::uint32_t connecting(std::size_t endpoint) const;
    [[nodiscard]] Instant now() const noexcept { return scheduler_.now(); }
    [[nodiscard]] std::string name_of(const Watched& pool) const;

    simulation::Scheduler& scheduler_;
    std::vector<Watched> pools_;
    std::vector<Gate> gates_;
    std::list<Acquire> acquires_;
    std::uint64_t connections_made_ = 0;
    Instant resized_at_{};
    std::uint64_t last_begun_step_ = 0;
    const bool shares_capacity_;
};

}  // namespace cistern::test
