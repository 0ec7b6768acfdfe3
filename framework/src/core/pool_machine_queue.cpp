// Who of those that wait goes first, who is held back, and who is refused.

#include "core/pool_machine.hpp"

#include <algorithm>

namespace cistern::core {

using std::chrono::nanoseconds;

// -- Priorities -----------------------------------------------------------------------------------

// Whoever is held back by a reserve holds back all who are less urgent, too.
Priority PoolMachine::lowest_served() const noexcept {
    const auto& reserve = options_.reserve;
    const auto low = leases_to(Priority::kLow);
    if (reserve.high > 0 &&
        low + leases_to(Priority::kNormal) + reserve.high >= options_.max_size) {
        return Priority::kHigh;
    }
    if (reserve.normal > 0 && low + reserve.high + reserve.normal >= options_.max_size) {
        return Priority::kNormal;
    }
    return Priority::kLow;
}

std::uint32_t PoolMachine::share_left(Priority priority) const noexcept {
    const auto& reserve = options_.reserve;
    const auto left = [&](std::uint32_t taken) {
        return options_.max_size > taken ? options_.max_size - taken : 0;
    };
    auto share = options_.max_size;
    if (priority != Priority::kHigh && reserve.high > 0) {
        share = left(leases_to(Priority::kLow) + leases_to(Priority::kNormal) + reserve.high);
    }
    if (priority == Priority::kLow && reserve.normal > 0) {
        share = std::min(share, left(leases_to(Priority::kLow) + reserve.high + reserve.normal));
    }
    return share;
}

Waiter* PoolMachine::first_waiting() const noexcept {
    return waiters_.front(lowest_served());
}

std::uint32_t PoolMachine::held_back() const noexcept {
    const auto& reserve = options_.reserve;
    if (reserve.high == 0 && reserve.normal == 0) {
        return 0;
    }
    const auto left = [&](std::size_t taken) {
        return options_.max_size > taken ? options_.max_size - taken : 0;
    };
    const std::size_t kept = reserve.high;
    const std::size_t low = leases_to(Priority::kLow);
    const std::size_t for_low =
        std::min(waiters_.size(Priority::kLow), left(low + kept + reserve.normal));
    std::size_t served = waiters_.size(Priority::kNormal) + for_low;
    if (kept > 0) {
        served = std::min(served, left(low + leases_to(Priority::kNormal) + kept));
    }
    return static_cast<std::uint32_t>(waiters_.size() - waiters_.size(Priority::kHigh) - served);
}

// -- Who waits for whom ---------------------------------------------------------------------------

bool PoolMachine::needs_a_lease_back(const Waiter& waiter) const noexcept {
    const auto taken = count(ConnectionState::kLent) + count(ConnectionState::kInLane);
    return taken >= options_.max_size || waiter.priority > lowest_served();
}

void PoolMachine::describe_waits(PoolWaits& waits) const {
    waits.max_size = options_.max_size;
    waits.reserve = options_.reserve;
    waits.leases.reserve(lent_.size());
    for_each_lease([&](const Slot& slot) {
        waits.leases.push_back({slot.holder.load(std::memory_order_relaxed),
                                slot.lease,
                                slot.lent_to,
                                slot.where.load(std::memory_order_relaxed),
                                slot.lent_at});
    });
    waits.waits.reserve(waiters_.size());
    for_each_waiter([&](const Waiter& waiter) {
        waits.waits.push_back(
            {waiter.task, waiter.number, waiter.priority, waiter.where, waiter.since});
    });
}

Waiter* PoolMachine::find_waiter(std::uint64_t number) const noexcept {
    Waiter* found = nullptr;
    for_each_waiter([&](Waiter& waiter) { found = waiter.number == number ? &waiter : found; });
    return found;
}

// -- Refusing -------------------------------------------------------------------------------------

// The last one stays: what becomes free next would be there for nobody.
void PoolMachine::shed_late(Instant now, Actions& actions) noexcept {
    if (!codel_.is_on() || is_paused_) {
        return;
    }
    while (waiters_.size() > 1 && codel_.refuses(waiters_.oldest()->since, now)) {
        Waiter& waiter = *waiters_.oldest();
        waiters_.erase(waiter);
        ++totals_.rejected;
        ++totals_.rejected_late;
        settle(waiter, Outcome::kShed, now);
        actions.woken.push_back(waiter);
    }
}

void PoolMachine::observe_queue(Instant now) noexcept {
    if (codel_.is_on()) {
        const bool is_counted = !waiters_.empty() && !is_paused_;
        codel_.observe(is_counted ? waiters_.oldest()->since : kNever, now);
    }
}

// The window opens when the first waiter is passed over for the first time.
bool PoolMachine::may_pass_first(Instant now) noexcept {
    Waiter* const first = first_waiting();
    if (first == nullptr || options_.bypass_window <= nanoseconds::zero()) {
        return false;
    }
    if (first->passed_over_until == kNever) {
        first->passed_over_until = later(now, options_.bypass_window);
    }
    return now < first->passed_over_until;
}

void PoolMachine::refuse_hopeless(Waiter& waiter,
                                  std::uint32_t lent_by_others,
                                  Instant now) noexcept {
    if (!options_.reject_hopeless || is_paused_ || waiter.keeps_place ||
        waiter.outcome != Outcome::kPending) {
        return;
    }
    // The first one stays: if nobody waited, nobody would ever find out that times are better.
    const std::uint64_t before = waiters_.before_last(waiter);
    const std::uint64_t taken = std::uint64_t{total()} + lent_by_others;
    const std::uint64_t room = options_.max_size > taken ? options_.max_size - taken : 0;
    // What is idle here is idle because of a reserve.
    const std::uint64_t soon = std::min<std::uint64_t>(
        coming() + count(ConnectionState::kIdle) + room, share_left(waiter.priority));
    if (before == 0 || before < soon) {
        return;
    }
    const auto wait = hand_offs_.time_for(before + 1 - soon);
    if (!wait || *wait <= waiter.deadline - now) {
        return;
    }
    waiter.expected_wait = *wait;
    waiters_.erase(waiter);
    ++totals_.rejected;
    ++totals_.rejected_hopeless;
    settle(waiter, Outcome::kHopeless, now);
}

}  // namespace cistern::core
