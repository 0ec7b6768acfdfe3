#include "simulation/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cistern::test {

using namespace std::chrono_literals;

class Ledger::Observer final : public PoolObserver {
public:
    Observer(Ledger& ledger, std::size_t pool) : ledger_{ledger}, pool_{pool} {}

    void on_opened(std::string_view, std::chrono::nanoseconds) override {
        told("on_opened", &Watched::told_opened);
    }
    void on_open_failed(std::string_view, std::string_view) override {
        told("on_open_failed", &Watched::told_failed);
    }
    void on_closed(std::string_view, CloseReason) override {
        told("on_closed", &Watched::told_closed);
    }
    void on_leak(std::string_view, const Holder&) override {
        told("on_leak", &Watched::told_leaks);
    }
    void on_circuit_changed(std::string_view, const Circuit&) override {
        ledger_.plugin_called("on_circuit_changed");
    }
    void on_validation_failed(std::string_view, std::string_view) override {
        ledger_.plugin_called("on_validation_failed");
    }
    void on_flushed(std::string_view, Flush) override { ledger_.plugin_called("on_flushed"); }
    void on_resized(std::string_view, std::uint32_t, std::uint32_t) override {
        ledger_.plugin_called("on_resized");
    }
    void on_deadlock(std::string_view, std::string_view) override {
        ledger_.plugin_called("on_deadlock");
        ledger_.circle_told();
    }
    void on_size_proposed(std::string_view, const SizeProposal& proposal) override {
        ledger_.plugin_called("on_size_proposed");
        ledger_.note_proposal(pool_, proposal);
    }
    void on_timeout(std::string_view, std::string_view) override {
        ledger_.plugin_called("on_timeout");
    }

private:
    void told(const char* what, std::uint64_t Watched::*count) {
        ++(ledger_.pools_[pool_].*count);
        ledger_.plugin_called(what);
        ledger_.scheduler_.yield_point(what);
    }

    Ledger& ledger_;
    const std::size_t pool_;
};

Ledger::Ledger(simulation::SimulationBackend& world, const Scenario& scenario)
    : scheduler_{world.scheduler()},
      pools_(scenario.pools.size()),
      gates_(scenario.endpoints),
      shares_capacity_{scenario.shares_capacity} {
    for (std::size_t pool = 0; pool < pools_.size(); ++pool) {
        pools_[pool].options = scenario.pools[pool].options;
        pools_[pool].endpoints = scenario.pools[pool].endpoints;
    }
}

void Ledger::unwatch() noexcept {
    for (auto& pool : pools_) {
        pool.impl.reset();
    }
}

std::shared_ptr<PoolObserver> Ledger::observer(std::size_t pool) {
    return std::make_shared<Observer>(*this, pool);
}

void Ledger::violated(const std::string& what) {
    scheduler_.stop_for(what);
}

std::string Ledger::name_of(const Watched& pool) const {
    return "pool " + std::to_string(&pool - pools_.data());
}

// -- From connectors ------------------------------------------------------------------------------

void Ledger::plugin_called(const char* what) const {
    if (scheduler_.holds_lock()) {
        scheduler_.stop_for(std::string{"I19: "} + what + "() is called under a lock");
    }
}

std::uint64_t Ledger::connection_made(std::size_t pool) {
    pools_[pool].connections[++connections_made_].born = now();
    return connections_made_;
}

void Ledger::connection_gone(std::size_t pool, std::uint64_t number) {
    auto& connections = pools_[pool].connections;
    const auto found = connections.find(number);
    if (found->second.is_used) {
        violated("I1: connection " + std::to_string(number) + " is destroyed while it is lent");
    }
    connections.erase(found);
}

void Ledger::pointed(std::size_t endpoint, std::string address) {
    gates_[endpoint].address = std::move(address);
    gates_[endpoint].pointed_at = now();
}

Ledger::Attempt::Attempt(Ledger& ledger, std::size_t pool, const Endpoint& place, Deadline deadline)
    : ledger_{ledger},
      pool_{pool},
      endpoint_{std::stoul(place.host.substr(std::size("db") - 1))},
      began_{ledger.now()},
      deadline_{deadline} {
    ledger_.attempt_begins(*this);
}

Ledger::Attempt::~Attempt() {
    ledger_.attempt_ends(*this);
}

void Ledger::attempt_begins(Attempt& attempt) {
    const auto& pool = pools_[attempt.pool_];
    auto& gate = gates_[attempt.endpoint_];
    gate.attempts.push_back(&attempt);
    if (gate.attempts.size() > pool.options.max_connecting) {
        violated("I3: " + std::to_string(gate.attempts.size()) +
                 " connects under way to one endpoint; max_connecting is " +
                 std::to_string(pool.options.max_connecting));
    }
    attempt.may_be_older_ = now() <= gate.latest;
    if (now() > std::max(gate.last_outcome, gate.last_failure) && !attempt.may_be_older_ &&
        !gate.is_reconnecting && gate.attempts.size() > gate.most_at_once) {
        violated("I3: " + std::to_string(gate.attempts.size()) +
                 " connects under way to an endpoint that has just come back; the slow start "
                 "allows " +
                 std::to_string(gate.most_at_once));
    }
    if (now() > gate.last_failure && now() < gate.opens_again && !gate.is_reconnecting) {
        if (gate.late == 0) {
            violated("I12: a connect within the back-off after " + std::to_string(gate.failures) +
                     " failures");
            return;
        }
        --gate.late;
    }
}

void Ledger::attempt_ends(Attempt& attempt) {
    const auto& pool = pools_[attempt.pool_];
    auto& gate = gates_[attempt.endpoint_];
    std::erase(gate.attempts, &attempt);
    if (now() > attempt.deadline_.since_clock_epoch()) {
        violated("I6: a connect outlives its connect_timeout");
    }
    gate.late = 0;
    gate.must_count_late = true;
    if (!attempt.peer_.empty()) {
        if (attempt.began_ > gate.pointed_at && attempt.peer_ != gate.address) {
            violated("M12: a connect leads to " + attempt.peer_ + " after a failover to " +
                     gate.address);
        }
        note_success(attempt);
        return;
    }
    gate.last_failure = now();
    gate.has_failed = true;
    gate.least_at_once = 1;
    // Those that may have been under way together count as one: never demand more than is promised.
    const bool is_new = attempt.began_ > gate.last_outcome && !attempt.may_be_older_;
    if (attempt.began_ >= gate.last_outcome) {
        gate.last_outcome = now();
    }
    if (is_new) {
        ++gate.failures;
        const auto& retry = pool.options.retry;
        const auto grown = static_cast<double>(retry.initial_delay.count()) *
                           std::pow(retry.multiplier, gate.failures - 1);
        const auto least =
            std::min(grown, static_cast<double>(retry.max_delay.count())) * (1.0 - retry.jitter);
        gate.opens_again = now() + std::chrono::nanoseconds{static_cast<std::int64_t>(least)};
    }
}

void Ledger::note_success(const Attempt& attempt) {
    auto& gate = gates_[attempt.endpoint_];
    const auto grown = [](std::uint32_t limit) { return std::min(2 * limit, Gate::kNoLimit); };
    if (!gate.has_failed) {
        gate.least_at_once = grown(gate.least_at_once);
    }
    // Only what was admitted after the failure is sure to have come after it for the pool as well.
    const bool is_probe = attempt.began_ > gate.last_failure && !attempt.may_be_older_;
    gate.most_at_once = gate.failures == 0 ? grown(gate.most_at_once)
                        : is_probe         ? 1
                                           : Gate::kNoLimit;
    gate.failures = 0;
    gate.has_failed = false;
    gate.last_success = now();
    gate.last_outcome = now();
    gate.opens_again = now();
}

// -- From clients ---------------------------------------------------------------------------------

std::list<Ledger::Acquire>::iterator Ledger::acquire_begins(std::size_t pool,
                                                            Timeout timeout,
                                                            Priority priority) {
    Acquire acquire;
    acquire.pool = pool;
    acquire.priority = priority;
    acquire.task = scheduler_.current()->shared_from_this();
    acquire.called_at = now();
    acquire.deadline =
        timeout >= Timeout::max() - now() ? Deadline::never() : Clock::deadline_at(now() + timeout);
    acquire.called_step = scheduler_.step();
    const auto begun = acquires_.insert(acquires_.end(), std::move(acquire));
    last_begun_step_ = scheduler_.step();
    note_stuck();
    return begun;
}

void Ledger::acquire_ends(std::list<Acquire>::iterator acquire, bool has_lease) {
    if (now() > std::max(acquire->deadline.since_clock_epoch(), acquire->called_at)) {
        violated("I6: an acquire ends after its deadline");
    }
    if (has_lease) {
        note_order(*acquire);
    }
    acquires_.erase(acquire);
}

// The less urgent have their turn now and then: how often is checked, not which one it is.
void Ledger::note_order(const Acquire& served) {
    auto& watched = pools_[served.pool];
    const auto own = static_cast<std::size_t>(served.priority);
    for (auto& other : acquires_) {
        const bool is_older = !other.is_repeated && other.pool == served.pool &&
                              other.parked_step > 0 && other.parked_step < served.called_step;
        other.was_overtaken =
            other.was_overtaken || (is_older && other.priority == served.priority);
        other.passed_by[own] += is_older && other.priority < served.priority ? 1 : 0;
    }
    for (auto lower = own + 1; lower < watched.more_urgent.size(); ++lower) {
        ++watched.more_urgent[lower];
    }
}

void Ledger::repeated_acquire_ends(std::list<Acquire>::iterator acquire, bool has_worked) {
    if (!has_worked &&
        now() > std::max(acquire->deadline.since_clock_epoch(), acquire->called_at)) {
        violated("I6: a repeated call ends after its deadline");
    }
    acquires_.erase(acquire);
}

void Ledger::acquire_refused(std::list<Acquire>::iterator acquire,
                             const AcquireEvidence& evidence) {
    const auto& options = pools_[acquire->pool].options;
    note_stuck();
    if (!evidence.circle.empty() && !acquire->was_stuck) {
        violated("I23: a time-out tells of a circle that there was not");
    }
    switch (evidence.refusal) {
        case AcquireRefusal::kTimedOut:
            if (now() < acquire->deadline.since_clock_epoch()) {
                violated("I6: an acquire times out before its deadline");
            }
            return;
        case AcquireRefusal::kQueueFull:
            if (options.max_waiters == 0) {
                violated("I21: a caller is refused because of max_waiters, which is 0");
            }
            return;
        case AcquireRefusal::kHopeless:
            if (!options.reject_hopeless || acquire->deadline.is_never()) {
                violated("I21: a caller is refused as hopeless who may wait");
            }
            return;
        case AcquireRefusal::kOverloaded:
            if (options.codel.target == 0ns || now() - acquire->called_at <= options.codel.target) {
                violated("I21: a caller is refused who has not waited beyond codel.target");
            }
            return;
    }
}

// What was seen to succeed at this very moment may have been told first.
void Ledger::circuit_was_open(const Acquire& acquire) {
    const auto& pool = pools_[acquire.pool];
    if (!pool.options.fail_fast) {
        violated("I21: a caller is refused because of fail_fast, which is off");
    }
    for (const auto endpoint : pool.endpoints) {
        const auto& gate = gates_[endpoint];
        if (!gate.has_failed && !gate.is_reconnecting &&
            std::max(gate.last_success, gate.reconnected_at) < now()) {
            violated("I21: a caller is refused although opening works");
        }
    }
}

const Ledger::Acquire* Ledger::one_waiting() {
    std::vector<const Acquire*> waiting;
    for (const auto& acquire : acquires_) {
        if (acquire.parked_step > 0) {
            waiting.push_back(&acquire);
        }
    }
    return waiting.empty() ? nullptr : waiting[scheduler_.random().below(waiting.size())];
}

void Ledger::use_begins(const Acquire& acquire, std::uint64_t connection, StreamState state) {
    auto& watched = pools_[acquire.pool];
    const auto found = watched.connections.find(connection);
    const auto label = "connection " + std::to_string(connection);
    if (found == watched.connections.end()) {
        violated("I9: " + label + " is lent after it was closed");
        return;
    }
    auto& facts = found->second;
    if (std::exchange(facts.is_used, true)) {
        violated("I1: " + label + " is lent to two users at once");
    }
    const bool is_alive = state != StreamState::kFailed && state != StreamState::kClosedByPeer;
    // A greeting belongs to the first user.
    if (facts.was_used && is_alive && state != StreamState::kQuiet) {
        violated("I9: " + label + " is lent " + std::string{to_string(state)});
    }
    if (facts.flushed_step > 0 && facts.flushed_step < acquire.called_step) {
        violated("I9: " + label + " is lent to who asked after a flush, and is older than that");
    }
    const auto lifetime = watched.options.max_lifetime;
    // What is in the express lane ages when it is swept.
    const auto sweep = std::max<Instant>(watched.options.reap_interval, 1ms);
    if (lifetime > 0ns && now() - facts.born > lifetime + sweep) {
        violated("I9: " + label + " is lent after its max_lifetime");
    }
    facts.was_used = true;
    facts.lent_to = acquire.priority;
    facts.holder = acquire.task.get();
    ++watched.held_by[static_cast<std::size_t>(acquire.priority)];
    check_reserves(watched);
    ++watched.held;
    if (watched.held > watched.options.max_size) {
        violated("I2: more leases than max_size");
    }
}

void Ledger::use_ends(std::size_t pool, std::uint64_t connection) {
    auto& watched = pools_[pool];
    const auto found = watched.connections.find(connection);
    if (found != watched.connections.end()) {
        found->second.is_used = false;
        found->second.used_until = now();
        --watched.held_by[static_cast<std::size_t>(found->second.lent_to)];
    }
    --watched.held;
}

// -- From the operator ----------------------------------------------------------------------------

void Ledger::flushed(std::size_t pool, std::uint64_t newest) {
    for (auto& [number, facts] : pools_[pool].connections) {
        if (number <= newest && facts.flushed_step == 0) {
            facts.flushed_step = scheduler_.step();
        }
    }
}

void Ledger::reconnect_begins(std::size_t pool) {
    for (const auto endpoint : pools_[pool].endpoints) {
        gates_[endpoint].is_reconnecting = true;
    }
}

// What failed meanwhile may have been forgotten or not, and what is under way may have been
// admitted before: demand nothing because of either.
void Ledger::reconnect_ends(std::size_t pool) {
    for (const auto endpoint : pools_[pool].endpoints) {
        auto& gate = gates_[endpoint];
        gate.is_reconnecting = false;
        gate.reconnected_at = now();
        gate.failures = 0;
        gate.most_at_once = Gate::kNoLimit;
        gate.opens_again = now();
        for (auto* attempt : gate.attempts) {
            attempt->may_be_older_ = true;
        }
        gate.late = 0;
        gate.latest = std::max(gate.latest, now());
        gate.must_count_late = true;
    }
}

void Ledger::note_proposal(std::size_t pool, const SizeProposal& proposal) {
    const auto& options = pools_[pool].options;
    if (options.adaptive.mode == AdaptiveMode::kOff || proposal.from == proposal.to ||
        proposal.is_applied != (options.adaptive.mode == AdaptiveMode::kOn)) {
        violated("I24: " + name_of(pools_[pool]) + " proposes a size that it should not");
    }
}

// While it lasts, either size may be the one that counts.
void Ledger::resize_begins(std::size_t pool, std::uint32_t max_size, std::uint32_t min_idle) {
    auto& options = pools_[pool].options;
    options.max_size = std::max(options.max_size, max_size);
    options.min_idle = std::min(options.min_idle, min_idle);
}

void Ledger::resize_ends(std::size_t pool, std::uint32_t max_size, std::uint32_t min_idle) {
    auto& watched = pools_[pool];
    watched.options.min_idle = min_idle;
    watched.short_since = Instant::max();
    resized_at_ = now();
    watched.stats = watched.impl->stats();
    note_stuck();
    const auto stats = watched.impl->stats();
    const bool is_adapted = watched.options.adaptive.mode == AdaptiveMode::kOn;
    if (is_adapted ? stats.max_size > max_size : stats.max_size != max_size) {
        violated("I2: " + name_of(watched) + " has not the size that it was given");
    }
}

}  // namespace cistern::test
