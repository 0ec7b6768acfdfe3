#include "core/pool_machine.hpp"

#include "base/mutants.hpp"
#include "core/expiry.hpp"
#include "core/sizing.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cistern::core {

using std::chrono::nanoseconds;

PoolMachine::PoolMachine(const PoolOptions& options, bool has_lane, double random)
    : options_{options},
      has_lane_{has_lane},
      choice_{options.endpoint_policy,
              std::max(static_cast<std::uint32_t>(options.endpoints.size()), 1U),
              random},
      failures_{choice_.count(), options.retry.max_attempts},
      open_at_(choice_.count()),
      generations_(choice_.count()),
      idle_{options.order, 0},
      due_{0},
      codel_{options.codel} {
    make_room((CISTERN_MUTANT(kClosingPlaceIsFree) ? 2 : 1) * options.max_size);
    if (options.adaptive.mode != AdaptiveMode::kOff) {
        sizes_.emplace(options.adaptive, options.max_size);
    }
}

// -- Callers --------------------------------------------------------------------------------------

void PoolMachine::acquire(Waiter& waiter,
                          Patience patience,
                          Instant now,
                          Actions& actions) noexcept {
    assert(waiter.outcome == Outcome::kPending && waiter.hook.list == nullptr);
    if (is_closed_) {
        ++totals_.rejected;
        settle(waiter, Outcome::kClosed, now);
        return;
    }
    if (!waiter.keeps_place) {
        waiter.failure_round = failures_.now();
    }
    Slot* slot = is_paused_ ? nullptr : next_idle(now, actions);
    if (slot != nullptr && slot->endpoint == waiter.avoids) {
        Slot* const other = idle_elsewhere(waiter.avoids, now);
        slot = other != nullptr ? other : slot;
    }
    const bool may_have = slot != nullptr &&
                          (waiter.priority <= lowest_served() || CISTERN_MUTANT(kReserveForgotten));
    if (may_have && (waiter.keeps_place || first_waiting() == nullptr || may_pass_first(now))) {
        if (patience == Patience::kNone || is_proven(options_, *slot, now)) {
            leave_idle(*slot);
            lend(*slot, waiter, now);
            return;
        }
    }
    if (patience != Patience::kQueue) {
        return;
    }
    if (options_.max_waiters > 0 && waiters_.size() >= options_.max_waiters &&
        !waiter.keeps_place) {
        ++totals_.rejected;
        settle(waiter, Outcome::kRejected, now);
        return;
    }
    if (waiters_.empty()) {
        hand_offs_.wait_begins(now);
    }
    if (waiter.keeps_place) {
        waiters_.push_in_place(waiter);
    } else {
        waiters_.push_back(waiter);
    }
    note_waits(now);
    totals_.peak_waiting =
        std::max(totals_.peak_waiting, static_cast<std::uint32_t>(waiters_.size()));
    serve_waiters(now, actions);
}

void PoolMachine::look_again(Waiter& waiter, Instant now, Actions& actions) noexcept {
    waiter.is_nudged = false;
    if (first_waiting() == &waiter && !is_paused_) {
        Slot* const slot = next_idle(now, actions);
        if (slot != nullptr && is_proven(options_, *slot, now)) {
            leave_idle(*slot);
            grant_first(*slot, now, actions);
        }
    }
    serve_waiters(now, actions);
}

void PoolMachine::give_up(Waiter& waiter, bool timed_out, Instant now, Actions& actions) noexcept {
    if (waiter.outcome != Outcome::kPending && !CISTERN_MUTANT(kGrantedMayStillLeave)) {
        return;
    }
    if (timed_out) {
        ++totals_.timeouts;
    }
    if (waiters_.contains(waiter) && !CISTERN_MUTANT(kLeaverStaysQueued)) {
        waiters_.erase(waiter);
    }
    settle(waiter, Outcome::kGaveUp, now);
    // It may have been the one that was nudged about an idle connection.
    if (!CISTERN_MUTANT(kLeaverForgetsOthers)) {
        serve_waiters(now, actions);
    }
}

bool PoolMachine::released(Slot& slot, Return how, Instant now, Actions& actions) noexcept {
    if (slot.state != ConnectionState::kLent) {
        return false;
    }
    ++totals_.released;
    times_.use.record(now - slot.lent_at);
    note_used(slot, now);
    forget_lease(slot);
    slot.idle_since = now;
    slot.proven_at = now;
    switch (how) {
        case Return::kClean:
            offer(slot, false, now, actions);
            break;
        case Return::kNeedsReset:
            if (const auto reason = reason_to_close(slot, now)) {
                start_close(slot, *reason, actions);
            } else {
                start_task(slot, ConnectionState::kResetting, actions);
            }
            break;
        case Return::kBroken:
            start_close(slot, CloseReason::kBroken, actions);
            break;
        case Return::kDiscarded:
            start_close(slot, CloseReason::kDiscarded, actions);
            break;
        case Return::kYielded:
            start_close(slot, CloseReason::kEvicted, actions);
            break;
    }
    // Something may be idle for whom a reserve held back.
    if (how != Return::kClean && options_.reserve.high + options_.reserve.normal > 0) {
        serve_waiters(now, actions);
    }
    return true;
}

void PoolMachine::taken_back(Slot& slot, bool is_dead, Instant now, Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kLent);
    --totals_.acquired;
    forget_lease(slot);
    if (is_dead) {
        start_close(slot, CloseReason::kBroken, actions);
    } else {
        offer(slot, true, now, actions);
    }
}

// -- Rule changes ---------------------------------------------------------------------------------

void PoolMachine::close(Instant now, Actions& actions) noexcept {
    is_closed_ = true;
    while (Waiter* const waiter = waiters_.pop_front()) {
        ++totals_.rejected;
        settle(*waiter, Outcome::kClosed, now);
        actions.woken.push_back(*waiter);
    }
    while (Slot* const slot = idle_.longest_idle()) {
        close_idle(*slot, CloseReason::kPoolClosed, actions);
    }
}

void PoolMachine::pause(Instant now) noexcept {
    is_paused_ = true;
    observe_queue(now);
}

void PoolMachine::resume(Instant now, Actions& actions) noexcept {
    is_paused_ = false;
    hand_offs_.wait_begins(now);
    if (!waiters_.empty()) {
        note_waits(now);
    }
    serve_waiters(now, actions);
}

void PoolMachine::retire_credentials(std::uint64_t oldest, Instant now, Actions& actions) noexcept {
    oldest_credentials_ = oldest;
    close_idle_if([&](const Slot& slot) { return slot.credentials < oldest; },
                  CloseReason::kOldCredentials,
                  actions);
    serve_waiters(now, actions);
}

void PoolMachine::resize(std::uint32_t max_size,
                         std::uint32_t min_idle,
                         Instant now,
                         Actions& actions) noexcept {
    assert(max_size <= places());
    options_.min_idle = min_idle;
    set_size(max_size, now, actions);
}

bool PoolMachine::validate_longest_idle(Actions& actions) noexcept {
    if (idle_.empty()) {
        return false;
    }
    validate_idle(*idle_.longest_idle(), actions);
    return true;
}

void PoolMachine::give_up_idle(std::uint32_t count, Actions& actions) noexcept {
    for (; count > 0 && !idle_.empty(); --count) {
        close_idle(*idle_.longest_idle(), CloseReason::kEvicted, actions);
    }
}

void PoolMachine::make_room(std::uint32_t max_size) {
    idle_.grow(max_size);
    due_.grow(max_size);
    while (slots_.size() < max_size) {
        Slot& slot = slots_.emplace_back();
        slot.index = static_cast<std::uint32_t>(slots_.size() - 1);
        free_.push_back(slot);
    }
    if (sizes_) {
        sizes_->set_bounds(max_size);
    }
}

}  // namespace cistern::core
