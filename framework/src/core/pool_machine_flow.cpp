// Where connections go: the part of the machine that its events have in common, and what time does.

#include "base/mutants.hpp"
#include "core/expiry.hpp"
#include "core/pool_machine.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <utility>

namespace cistern::core {

using std::chrono::nanoseconds;

namespace {

// Whoever takes a connection in the lane writes down who he is some instructions later, and may be
// interrupted between. This is longer than any scheduler lets him wait for, all but never.
constexpr Instant kStampTime = std::chrono::milliseconds{10};

}  // namespace

void PoolMachine::offer(Slot& slot, bool is_trusted, Instant now, Actions& actions) noexcept {
    if (CISTERN_MUTANT(kPermitLost) && slot.state == ConnectionState::kLent &&
        slot.expires_at <= now) {
        return;
    }
    shed_late(now, actions);
    if (const auto reason = reason_to_close(slot, now)) {
        start_close(slot, *reason, actions);
    } else if (first_waiting() != nullptr && !is_paused_ &&
               (is_trusted || (is_proven(options_, slot, now) && !may_pass_first(now)))) {
        grant_first(slot, now, actions);
    } else {
        become(slot, ConnectionState::kIdle);
        enter_idle(slot);
    }
    serve_waiters(now, actions);
    // Whoever it was granted to writes it already; only what is idle may be looked into.
    const auto was_just_used = [&] { return slot.idle_since == now && slot.session != nullptr; };
    if (has_lane_ && slot.state == ConnectionState::kIdle && was_just_used() && may_use_lane(now)) {
        leave_idle(slot);
        become(slot, ConnectionState::kInLane);
        in_lane_.push_back(slot);
        actions.into_lane = &slot;
    }
}

bool PoolMachine::may_use_lane(Instant now) noexcept {
    const Waiter* const first = first_waiting();
    return !is_closed_ && !is_paused_ &&
           (first == nullptr || (first->is_nudged && may_pass_first(now)));
}

void PoolMachine::left_lane(
    Slot& slot, bool is_lent, Instant lent_at, Instant now, Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kInLane);
    in_lane_.erase(slot);
    if (is_lent) {
        ++left_while_lent_;
        become(slot, ConnectionState::kLent);
        slot.lent_at = lent_at;
        slot.holder_sure_at = later(now, kStampTime);
        note_lent(slot);
    } else if (const auto reason = reason_to_close(slot, now)) {
        start_close(slot, *reason, actions);
    } else {
        become(slot, ConnectionState::kIdle);
        enter_idle(slot);
        serve_waiters(now, actions);
    }
}

std::optional<CloseReason> PoolMachine::reason_to_close(const Slot& slot,
                                                        Instant now) const noexcept {
    if (slot.is_hung_up) {
        return CloseReason::kBroken;
    }
    if (is_closed_) {
        return CloseReason::kPoolClosed;
    }
    const auto open = total() - count(ConnectionState::kClosing);
    if (slot.generation != generations_[slot.endpoint]) {
        return CloseReason::kFlushed;
    }
    if (slot.credentials < oldest_credentials_) {
        return CloseReason::kOldCredentials;
    }
    if (slot.endpoint > last_kept_) {
        return CloseReason::kFailback;
    }
    if (open > options_.max_size) {
        return CloseReason::kSurplus;
    }
    if (slot.expires_at <= now) {
        return CloseReason::kLifetime;
    }
    return std::nullopt;
}

// Restores what the header says about lost wake-ups, after any event that may have touched it.
void PoolMachine::serve_waiters(Instant now, Actions& actions) noexcept {
    shed_late(now, actions);
    if (!is_paused_) {
        hand_out_idle(now, actions);
    }
    observe_queue(now);
}

void PoolMachine::hand_out_idle(Instant now, Actions& actions) noexcept {
    while (Waiter* const first = first_waiting()) {
        Slot* const slot = next_idle(now, actions);
        if (slot == nullptr || !is_proven(options_, *slot, now)) {
            break;
        }
        if (may_pass_first(now)) {
            if (!first->is_nudged) {
                first->is_nudged = true;
                actions.nudged = first;
            }
            return;
        }
        leave_idle(*slot);
        grant_first(*slot, now, actions);
    }
    while (servable() > count(ConnectionState::kValidating) + count(ConnectionState::kResetting)) {
        Slot* const slot = next_idle(now, actions);
        if (slot == nullptr) {
            return;
        }
        validate_idle(*slot, actions);
    }
}

// Whatever has outlived its time is not lent, even when no tick has noticed yet.
Slot* PoolMachine::next_idle(Instant now, Actions& actions) noexcept {
    while (Slot* const slot = idle_.next_to_lend()) {
        if (slot->expires_at > now) {
            return slot;
        }
        close_idle(*slot, CloseReason::kLifetime, actions);
    }
    return nullptr;
}

void PoolMachine::lend(Slot& slot, Waiter& waiter, Instant now) noexcept {
    become(slot, ConnectionState::kLent);
    slot.where.store(waiter.where, std::memory_order_relaxed);
    slot.holder.store(waiter.task, std::memory_order_relaxed);
    slot.lent_at = now;
    slot.lent_to = waiter.priority;
    slot.holder_sure_at = now;
    note_lent(slot);
    ++totals_.acquired;
    // Whoever comes here has found nothing idle in the lane.
    const auto lent = count(ConnectionState::kLent) + count(ConnectionState::kInLane);
    totals_.peak_lent = std::max(totals_.peak_lent, lent);
    waiter.slot = &slot;
    settle(waiter, Outcome::kGranted, now);
}

// Keeps lent_ in the order of lent_at: a lease that began in the lane may be older than the last,
// but not than one that has been reported.
void PoolMachine::note_lent(Slot& slot) noexcept {
    ++leases_to_[static_cast<std::size_t>(slot.lent_to)];
    slot.lease = ++leases_;
    Slot* place = nullptr;
    Slot* before = lent_.back();
    while (place != first_unreported_ && before != nullptr && before->lent_at > slot.lent_at) {
        place = std::exchange(before, before->hook.previous);
    }
    lent_.insert_before(place, slot);
    if (place == first_unreported_) {
        first_unreported_ = &slot;
    }
}

void PoolMachine::grant_first(Slot& slot, Instant now, Actions& actions) noexcept {
    Waiter& waiter = *waiters_.pop_front(lowest_served());
    hand_offs_.handed_over(now);
    times_.wait.record(now - waiter.since);
    lend(slot, waiter, now);
    actions.woken.push_back(waiter);
}

void PoolMachine::fail(Waiter& waiter,
                       const std::exception_ptr& error,
                       Instant now,
                       Actions& actions) noexcept {
    waiters_.erase(waiter);
    waiter.error = error;
    settle(waiter, Outcome::kFailed, now);
    actions.woken.push_back(waiter);
}

void PoolMachine::settle(Waiter& waiter, Outcome outcome, Instant now) noexcept {
    assert(waiter.outcome == Outcome::kPending);
    totals_.longest_wait = std::max(totals_.longest_wait, now - waiter.since);
    // Last: whoever waits may look without the lock, and finds all else in place.
    std::atomic_ref{waiter.outcome}.store(outcome, std::memory_order_release);
}

void PoolMachine::forget_lease(Slot& slot) noexcept {
    if (first_unreported_ == &slot) {
        first_unreported_ = slot.hook.next;
    }
    lent_.erase(slot);
    --leases_to_[static_cast<std::size_t>(slot.lent_to)];
}

void PoolMachine::enter_idle(Slot& slot) noexcept {
    idle_.insert(slot);
    if (const auto due = core::next_due(options_, slot); due != kNever) {
        due_.set(slot.index, due.count());
    }
}

void PoolMachine::leave_idle(Slot& slot) noexcept {
    idle_.erase(slot);
    due_.erase(slot.index);
}

void PoolMachine::close_idle(Slot& slot, CloseReason reason, Actions& actions) noexcept {
    leave_idle(slot);
    start_close(slot, reason, actions);
}

void PoolMachine::validate_idle(Slot& slot, Actions& actions) noexcept {
    leave_idle(slot);
    start_task(slot, ConnectionState::kValidating, actions);
}

void PoolMachine::start_close(Slot& slot, CloseReason reason, Actions& actions) noexcept {
    slot.close_reason = reason;
    start_task(slot, ConnectionState::kClosing, actions);
}

void PoolMachine::start_task(Slot& slot, ConnectionState state, Actions& actions) noexcept {
    become(slot, state);
    actions.tasks.push_back(slot);
}

void PoolMachine::become(Slot& slot, ConnectionState next) noexcept {
    assert(may_become(slot.state, next));
    const auto is_open = [](ConnectionState state) {
        return state != ConnectionState::kEmpty && state != ConnectionState::kClosing;
    };
    --counts_[static_cast<std::size_t>(slot.state)];
    ++counts_[static_cast<std::size_t>(next)];
    open_at_[slot.endpoint] -= is_open(slot.state) ? 1 : 0;
    open_at_[slot.endpoint] += is_open(next) ? 1 : 0;
    slot.state = next;
}

// -- Time -----------------------------------------------------------------------------------------

void PoolMachine::tick(Instant now, Actions& actions) {
    report_leaks(now, actions);  // first: it alone may throw
    while (!due_.empty() && Instant{due_.first_key()} <= now) {
        Slot& slot = slots_[due_.first()];
        if (slot.expires_at <= now) {
            close_idle(slot, CloseReason::kLifetime, actions);
        } else {
            validate_idle(slot, actions);
        }
    }
    while (idle_timeout_due() <= now) {
        close_idle(*idle_.longest_idle(), CloseReason::kIdle, actions);
    }
    if (is_failback_due(now)) {
        fail_back(now, actions);
    }
    if (adaptive_due() <= now) {
        adapt_size(now, actions);
    }
}

Instant PoolMachine::next_due() const noexcept {
    const Instant own = due_.empty() ? kNever : Instant{due_.first_key()};
    return std::min({own, idle_timeout_due(), leak_due(), failback_at_, adaptive_due()});
}

Instant PoolMachine::idle_timeout_due() const noexcept {
    if (options_.idle_timeout <= nanoseconds::zero() || idle_.empty() ||
        idle_.size() + idle_in_lane() <= options_.min_idle) {
        return kNever;
    }
    return later(idle_.longest_idle()->idle_since, options_.idle_timeout);
}

Instant PoolMachine::leak_due() const noexcept {
    if (options_.leak_threshold <= nanoseconds::zero() || first_unreported_ == nullptr) {
        return kNever;
    }
    return later(first_unreported_->lent_at, options_.leak_threshold);
}

void PoolMachine::report_leaks(Instant now, Actions& actions) {
    while (leak_due() <= now) {
        actions.leaks.push_back({now - first_unreported_->lent_at,
                                 first_unreported_->where.load(std::memory_order_relaxed),
                                 first_unreported_->endpoint});
        first_unreported_ = first_unreported_->hook.next;
        ++totals_.leaks_reported;
    }
}

}  // namespace cistern::core
