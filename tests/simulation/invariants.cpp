// What has to hold: after every step, when everything waits, and at the end.

#include "simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace cistern::test {

using namespace std::chrono_literals;

// -- After every step -----------------------------------------------------------------------------

void Ledger::check_step() {
    for (auto& acquire : acquires_) {
        if (acquire.parked_step == 0 && acquire.task->is_waiting()) {
            acquire.parked_step = scheduler_.step();
        }
    }
    for (auto& pool : pools_) {
        if (pool.impl != nullptr) {
            const auto total_before = std::exchange(pool.stats, pool.impl->stats()).total;
            check_stats(pool, total_before);
        }
    }
    if (shares_capacity_ && sum_of(&PoolStats::total) > pools_.front().options.max_size) {
        violated("I2: more connections than the pools may have together");
    }
}

void Ledger::check_stats(const Watched& pool, std::uint32_t total_before) {
    const auto& stats = pool.stats;
    const auto ensure = [&](bool holds, const char* what) {
        if (!holds) {
            violated(std::string{what} + " (" + name_of(pool) + ": total " +
                     std::to_string(stats.total) + ", idle " + std::to_string(stats.idle) +
                     ", lent " + std::to_string(stats.lent) + ", connecting " +
                     std::to_string(stats.connecting) + ", validating " +
                     std::to_string(stats.validating) + ", closing " +
                     std::to_string(stats.closing) + ", waiting " + std::to_string(stats.waiting) +
                     ", held " + std::to_string(pool.held) + ", connections " +
                     std::to_string(pool.connections.size()) + ")");
        }
    };
    const auto open = std::uint64_t{stats.idle} + stats.lent + stats.validating + stats.closing;
    // A pool that was made smaller may keep what is lent, and opens nothing.
    ensure(stats.total <= std::max(stats.max_size, total_before),
           "I2: more connections than max_size");
    ensure(open + stats.connecting == stats.total, "I2: the counts do not add up to the total");
    ensure(pool.connections.size() <= stats.total, "I8: a connection outlives its place");
    ensure(stats.lent >= pool.held, "I18: more leases are held than are counted as lent");
    ensure(stats.acquired - stats.released == stats.lent, "I18: acquired - released is not lent");
    ensure(stats.opened - stats.closed == open, "I18: opened - closed is not what is open");
    const auto& adaptive = pool.options.adaptive;
    const bool is_adaptive = adaptive.mode != AdaptiveMode::kOff;
    ensure(is_adaptive ? stats.proposed_size >= adaptive.min_size &&
                             stats.proposed_size <= pool.options.max_size
                       : stats.proposed_size == 0,
           "I24: a size beyond its bounds is proposed");
    ensure(adaptive.mode != AdaptiveMode::kOn || stats.max_size == stats.proposed_size,
           "I24: the size that is proposed is not the one that counts");
}

// -- When everything waits ------------------------------------------------------------------------

void Ledger::check_quiet() {
    check_step();
    for (auto& gate : gates_) {
        if (std::exchange(gate.must_count_late, false)) {
            const auto endpoint = static_cast<std::size_t>(&gate - gates_.data());
            gate.late = connecting(endpoint) - gate.attempts.size();
            gate.latest = gate.late > 0 ? now() + scheduler_.tuning().longest_delay : now();
        }
    }
    for (auto& pool : pools_) {
        if (pool.impl != nullptr) {
            check_waiters_served(pool);
            check_demand(pool);
        }
    }
    check_gates();
    check_overtaking();
    check_circles();
    for (const auto& acquire : acquires_) {
        if (!acquire.is_repeated && now() > acquire.deadline.since_clock_epoch()) {
            violated("I6: an acquire still waits after its deadline");
        }
        if (acquire.stop.stop_requested()) {
            violated("I6: an acquire still waits after it was told to stop");
        }
    }
}

void Ledger::check_waiters_served(const Watched& pool) {
    const auto& stats = pool.stats;
    if (stats.lent != pool.held) {
        violated("I5: " + name_of(pool) + " counts " + std::to_string(stats.lent) +
                 " as lent, and " + std::to_string(pool.held) + " are held by anybody");
    }
    if (!stats.is_paused && stats.waiting > stats.held_back && stats.idle > 0 &&
        stats.validating < stats.waiting - stats.held_back) {
        violated("I4: a lost wake-up: a caller waits for " + name_of(pool) +
                 " though a connection is idle, and nobody has told him");
    }
    std::uint32_t inside = 0;
    for (const auto& acquire : acquires_) {
        inside += acquire.pool == static_cast<std::size_t>(&pool - pools_.data()) ? 1 : 0;
    }
    if (stats.waiting > inside) {
        violated("I5: somebody is queued who has left");
    }
    const auto lifetime = pool.options.max_lifetime;
    for (const auto& [number, facts] : pool.connections) {
        const auto latest = facts.born + lifetime + pool.options.reap_interval +
                            pool.options.validate_timeout * 2 +
                            scheduler_.tuning().longest_delay * 2;
        if (lifetime > 0ns && facts.is_open && !facts.is_used &&
            now() > std::max(latest,
                             facts.used_until + pool.options.validate_timeout * 2 +
                                 scheduler_.tuning().longest_delay * 2)) {
            violated("the reaper forgets connection " + std::to_string(number) +
                     ", which is past its max_lifetime");
        }
    }
}

// Whenever there is room, need, and an endpoint that may be asked, somebody opens.
void Ledger::check_demand(Watched& pool) {
    const auto& stats = pool.stats;
    const auto served = stats.waiting - stats.held_back;
    const auto needed = std::uint64_t{served} + pool.options.min_idle;
    const auto coming = std::uint64_t{stats.idle} + stats.connecting + stats.validating;
    const auto short_since = std::exchange(pool.short_since, Instant::max());
    if (pool.is_closed || stats.is_paused || needed <= coming || stats.total >= stats.max_size) {
        return;
    }
    const bool has_room =
        !shares_capacity_ || sum_of(&PoolStats::total) < pools_.front().options.max_size;
    // Which of several has its turn is the pool's decision.
    if (!std::all_of(pool.endpoints.begin(), pool.endpoints.end(), [&](std::size_t endpoint) {
            return may_be_opened_to(pool, endpoint);
        })) {
        return;
    }
    if (!has_room) {
        check_room(pool, std::min<std::uint64_t>(needed - coming, stats.max_size - stats.total));
        return;
    }
    pool.short_since = std::min(short_since, now());
    // What is taken in the express lane is missed when the lane is swept.
    const auto sweep = std::max<Instant>(pool.options.reap_interval, 1ms);
    if (served > coming || now() > pool.short_since + sweep) {
        violated("I4: " + name_of(pool) + " has room and " + std::to_string(needed - coming) +
                 " connections too few, and nobody opens one");
    }
}

bool Ledger::may_be_opened_to(const Watched& pool, std::size_t endpoint) const {
    const auto& gate = gates_[endpoint];
    const auto& retry = pool.options.retry;
    const auto longest = std::chrono::nanoseconds{static_cast<std::int64_t>(
        static_cast<double>(retry.max_delay.count()) * (1.0 + retry.jitter))};
    const bool is_calm = !gate.has_failed || now() > gate.last_failure + longest;
    const auto allowed =
        gate.has_failed ? 1U : std::min(gate.least_at_once, pool.options.max_connecting);
    return is_calm && connecting(endpoint) < allowed;
}

// Pools that share their places: whoever has something idle gives way to one that waits.
void Ledger::check_room(const Watched& pool, std::uint64_t missing) {
    if (missing <= sum_of(&PoolStats::closing)) {
        return;
    }
    for (const auto& other : pools_) {
        if (other.impl != nullptr && other.stats.idle > 0 && other.stats.waiting == 0) {
            violated("I4: " + name_of(pool) + " waits for a place, and " + name_of(other) +
                     " keeps one for what is idle");
        }
    }
}

std::uint32_t Ledger::sum_of(std::uint32_t PoolStats::*count) const {
    std::uint32_t sum = 0;
    for (const auto& pool : pools_) {
        sum += pool.impl != nullptr ? pool.stats.*count : 0;
    }
    return sum;
}

void Ledger::check_gates() {
    // An open that has just succeeded leaves the endpoint before its pool is told.
    for (const auto& pool : pools_) {
        for (std::size_t place = 0; place < pool.endpoints.size(); ++place) {
            const auto endpoint = pool.endpoints[place];
            if (connecting(endpoint) > pool.options.max_connecting) {
                violated("I3: more opens than max_connecting at one endpoint");
            }
            const auto& gate = gates_[endpoint];
            if (pool.impl != nullptr && gate.failures > 0 && !gate.is_reconnecting &&
                pool.stats.endpoints[place].circuit.state == CircuitState::kClosed) {
                violated("I18: the circuit of " + name_of(pool) + " counts as closed after " +
                         std::to_string(gate.failures) + " failures in a row");
            }
        }
    }
    for (const auto& gate : gates_) {
        for (const auto* attempt : gate.attempts) {
            const auto& pool = pools_[attempt->pool_];
            if (now() > attempt->began_ + pool.options.connect_timeout) {
                violated("M5: a connect of " + name_of(pool) + " outlives its connect_timeout");
            }
        }
    }
}

void Ledger::check_overtaking() {
    constexpr std::uint64_t kMostPassed = 16;
    for (const auto& acquire : acquires_) {
        const auto& options = pools_[acquire.pool].options;
        if (acquire.was_overtaken && options.bypass_window == 0ns) {
            violated("I7: a caller who came later was served before one who waits (task " +
                     std::to_string(acquire.task->number()) + ", since step " +
                     std::to_string(acquire.parked_step) + ")");
        }
    }
    for (const auto& acquire : acquires_) {
        const auto& pool = pools_[acquire.pool];
        for (std::size_t priority = 1; priority < acquire.passed_by.size(); ++priority) {
            // Who is on his way out of an acquire has been served and is not counted yet.
            const auto turns = (pool.more_urgent[priority] + acquires_.size()) / kMostPassed;
            if (acquire.passed_by[priority] > turns && pool.options.bypass_window == 0ns) {
                violated("I22: " + name_of(pool) + " serves the less urgent before the urgent");
            }
        }
    }
}

// A pool that is made smaller keeps what is lent: the largest size is what counts.
void Ledger::check_reserves(const Watched& pool) {
    const auto& reserve = pool.options.reserve;
    const auto low = pool.held_by[2] + reserve.normal;
    if ((reserve.high > 0 &&
         pool.held_by[2] + pool.held_by[1] + reserve.high > pool.options.max_size) ||
        (reserve.normal > 0 && low + reserve.high > pool.options.max_size)) {
        violated("I22: what " + name_of(pool) + " reserves is lent to who is less urgent");
    }
}

std::uint32_t Ledger::connecting(std::size_t endpoint) const {
    std::uint32_t sum = 0;
    for (const auto& pool : pools_) {
        for (std::size_t place = 0; place < pool.endpoints.size(); ++place) {
            const bool is_there = pool.endpoints[place] == endpoint && pool.impl != nullptr;
            sum += is_there ? pool.stats.endpoints[place].connecting : 0;
        }
    }
    return sum;
}

// -- At the end -----------------------------------------------------------------------------------

void Ledger::check_aged() {
    check_step();
    for (const auto& pool : pools_) {
        const auto& stats = pool.stats;
        if (!pool.is_closed && pool.options.idle_timeout > 0ns &&
            stats.idle > pool.options.min_idle) {
            violated("the reaper leaves " + std::to_string(stats.idle) + " idle in " +
                     name_of(pool) + "; min_idle is " + std::to_string(pool.options.min_idle));
        }
        constexpr double kStock = 10.0;
        const auto budget = pool.options.retry.budget * static_cast<double>(pool.calls_with_retry);
        if (static_cast<double>(stats.retries) > budget + kStock) {
            violated("I13: more retries than the budget allows");
        }
    }
}

void Ledger::check_end() {
    check_step();
    for (const auto& pool : pools_) {
        const auto& stats = pool.stats;
        if (stats.total != 0 || !pool.connections.empty()) {
            violated("I14: " + name_of(pool) + " is closed, and " + std::to_string(stats.total) +
                     " places and " + std::to_string(pool.connections.size()) +
                     " connections are left");
        }
        if (pool.told_opened != stats.opened || pool.told_failed != stats.open_failures ||
            pool.told_closed != stats.closed || pool.told_leaks != stats.leaks_reported) {
            violated("I18: the observer of " + name_of(pool) + " was not told what the counts say");
        }
    }
}

}  // namespace cistern::test
