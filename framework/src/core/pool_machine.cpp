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

// -- Tasks ----------------------------------------------------------------------------------------

// Nobody counts on those that are suspected of being dead.
std::uint32_t PoolMachine::coming() const noexcept {
    return count(ConnectionState::kConnecting) - extra_ + count(ConnectionState::kValidating) -
           suspects_ + count(ConnectionState::kResetting);
}

std::uint32_t PoolMachine::opens_wanted() const noexcept {
    if (is_closed_ || is_paused_) {
        return 0;
    }
    return core::opens_wanted(
        {.max_size = options_.max_size,
         .min_idle = options_.min_idle,
         .total =
             total() - (CISTERN_MUTANT(kClosingPlaceIsFree) ? count(ConnectionState::kClosing) : 0),
         .idle = count(ConnectionState::kIdle) + idle_in_lane(),
         .coming = coming(),
         .waiting = servable()});
}

Slot& PoolMachine::start_open(const Admission& where, Actions& actions) noexcept {
    // Not opens_wanted(): what comes back in the express lane changes it at any moment.
    assert(!free_.empty());
    Slot& slot = *free_.pop_front();
    slot.endpoint = where.endpoint;
    slot.ticket = where.answer.ticket;
    slot.is_probe = where.answer.is_failing;
    slot.is_extra = where.is_extra || (slot.is_probe && endpoints() > 1);
    extra_ += slot.is_extra ? 1 : 0;
    slot.failure_round = failures_.round(slot.endpoint);
    slot.generation = generations_[slot.endpoint];
    slot.opening = ++openings_;
    slot.is_hung_up = false;
    start_task(slot, ConnectionState::kConnecting, actions);
    return slot;
}

void PoolMachine::count_on(Slot& slot) noexcept {
    extra_ -= std::exchange(slot.is_extra, false) ? 1 : 0;
}

void PoolMachine::opened(Slot& slot, double random, Instant now, Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kConnecting);
    count_on(slot);
    note_working(slot, now);
    ++totals_.opened;
    slot.birth = ++births_;
    slot.expires_at = end_of_life(options_, now, random);
    slot.idle_since = now;
    slot.proven_at = now;
    offer(slot, true, now, actions);
}

void PoolMachine::open_failed(Slot& slot,
                              const std::exception_ptr& error,
                              bool is_final,
                              Instant now,
                              Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kConnecting);
    ++totals_.open_failures;
    count_on(slot);
    become(slot, ConnectionState::kEmpty);
    free_.push_front(slot);
    failures_.failed(slot.endpoint, slot.failure_round, is_final);
    const auto has_had_enough = [&](const Waiter& waiter) {
        return failures_.is_enough_since(waiter.failure_round);
    };
    for (const auto priority : {Priority::kHigh, Priority::kNormal, Priority::kLow}) {
        Waiter* first = waiters_.first_of(priority);
        while (first != nullptr && has_had_enough(*first)) {
            fail(*first, error, now, actions);
            first = waiters_.first_of(priority);
        }
    }
    serve_waiters(now, actions);
}

std::uint32_t PoolMachine::unserved() const noexcept {
    const auto served = count(ConnectionState::kIdle) + idle_in_lane() + coming() + extra_;
    // Whoever is held back by a reserve waits for a lease to end, not for an open.
    const auto waiting = static_cast<std::uint32_t>(waiters_.size()) - held_back();
    return waiting > served ? waiting - served : 0;
}

void PoolMachine::refuse_unserved(const std::exception_ptr& error,
                                  Instant now,
                                  Actions& actions) noexcept {
    for (auto left = unserved(); left > 0; --left) {
        Waiter& waiter = *waiters_.last(lowest_served());
        waiters_.erase(waiter);
        waiter.error = error;
        ++totals_.rejected;
        settle(waiter, Outcome::kFailed, now);
        actions.woken.push_back(waiter);
    }
}

void PoolMachine::validated(Slot& slot, bool works, Instant now, Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kValidating);
    ++totals_.validations;
    suspects_ -= std::exchange(slot.is_suspect, false) ? 1 : 0;
    if (works) {
        slot.proven_at = now;
        offer(slot, true, now, actions);
        return;
    }
    start_close(slot, CloseReason::kInvalid, actions);
    // What killed this one has probably killed others at the same endpoint. Asking them all now,
    // side by side, costs one time-out; finding out one by one as they are lent would cost one
    // each.
    for (Slot* suspect = idle_.longest_idle(); suspect != nullptr;) {
        Slot* const next = suspect->hook.next;
        if (suspect->endpoint == slot.endpoint) {
            suspect->is_suspect = true;
            ++suspects_;
            validate_idle(*suspect, actions);
        }
        suspect = next;
    }
    if (!idle_.empty()) {
        serve_waiters(now, actions);
    }
}

void PoolMachine::was_reset(Slot& slot, bool works, Instant now, Actions& actions) noexcept {
    assert(slot.state == ConnectionState::kResetting);
    if (!works) {
        start_close(slot, CloseReason::kInvalid, actions);
        serve_waiters(now, actions);
        return;
    }
    slot.proven_at = now;
    slot.idle_since = now;
    offer(slot, false, now, actions);
}

void PoolMachine::closed(Slot& slot) noexcept {
    assert(slot.state == ConnectionState::kClosing);
    count_closed(slot.close_reason);
    become(slot, ConnectionState::kEmpty);
    free_.push_front(slot);
}

void PoolMachine::hung_up(Slot& slot, Actions& actions) noexcept {
    slot.is_hung_up = true;
    if (slot.state == ConnectionState::kIdle) {
        close_idle(slot, CloseReason::kBroken, actions);
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

// -- Looking --------------------------------------------------------------------------------------

std::uint32_t PoolMachine::total() const noexcept {
    std::uint32_t sum = 0;
    for (std::size_t state = 1; state < kConnectionStates; ++state) {
        sum += counts_[state];
    }
    return sum;
}

PoolStats PoolMachine::stats() const {
    PoolStats stats = totals_;
    stats.endpoints.resize(endpoints());
    stats.max_size = options_.max_size;
    stats.proposed_size = sizes_ ? sizes_->size() : 0;
    stats.is_paused = is_paused_;
    stats.total = total();
    stats.idle = count(ConnectionState::kIdle);
    stats.lent = count(ConnectionState::kLent);
    stats.released -= left_while_lent_;
    for (const Slot& slot : slots_) {
        const auto seen = slot.word.view();
        stats.idle += seen.is_idle ? 1 : 0;
        stats.lent += seen.is_lent ? 1 : 0;
        stats.acquired += slot.lane_takes + seen.takes;
        stats.released += slot.lane_takes + seen.takes - (seen.is_lent ? 1 : 0);
        if (slot.state != ConnectionState::kEmpty) {
            auto& its = stats.endpoints[slot.endpoint];
            ++its.total;
            its.idle += slot.state == ConnectionState::kIdle || seen.is_idle ? 1 : 0;
            its.connecting += slot.state == ConnectionState::kConnecting ? 1 : 0;
            its.lent += slot.state == ConnectionState::kLent || seen.is_lent ? 1 : 0;
        }
    }
    stats.peak_lent = std::max(stats.peak_lent, stats.lent);
    stats.connecting = count(ConnectionState::kConnecting);
    stats.validating = count(ConnectionState::kValidating) + count(ConnectionState::kResetting);
    stats.closing = count(ConnectionState::kClosing);
    stats.waiting = static_cast<std::uint32_t>(waiters_.size());
    stats.held_back = held_back();
    return stats;
}

std::vector<HeldLease> PoolMachine::holders(Instant now, std::size_t most) const {
    std::vector<HeldLease> holders;
    holders.reserve(std::min(most, lent_.size()));
    for (const Slot* slot = lent_.front(); slot != nullptr && holders.size() < most;
         slot = slot->hook.next) {
        holders.push_back(
            {now - slot->lent_at, slot->where.load(std::memory_order_relaxed), slot->endpoint});
    }
    return holders;
}

// At this moment: nobody says when that changes.
std::uint32_t PoolMachine::idle_in_lane() const noexcept {
    std::uint32_t count = 0;
    for (const Slot* slot = in_lane_.front(); slot != nullptr; slot = slot->hook.next) {
        count += slot->word.view().is_idle ? 1 : 0;
    }
    return count;
}

std::uint32_t PoolMachine::leases_of(const void* task) const noexcept {
    std::uint32_t count = 0;
    for (const Slot* slot = lent_.front(); slot != nullptr; slot = slot->hook.next) {
        count += slot->holder.load(std::memory_order_relaxed) == task ? 1 : 0;
    }
    return count;
}

void PoolMachine::count_closed(CloseReason reason) noexcept {
    ++totals_.closed;
    switch (reason) {
        case CloseReason::kBroken:
            ++totals_.closed_broken;
            break;
        case CloseReason::kInvalid:
            ++totals_.closed_invalid;
            break;
        case CloseReason::kLifetime:
            ++totals_.closed_lifetime;
            break;
        case CloseReason::kIdle:
            ++totals_.closed_idle;
            break;
        case CloseReason::kEvicted:
            ++totals_.closed_evicted;
            break;
        case CloseReason::kSurplus:
        case CloseReason::kFlushed:
        case CloseReason::kOldCredentials:
        case CloseReason::kFailback:
        case CloseReason::kDiscarded:
        case CloseReason::kPoolClosed:
            break;
    }
}

}  // namespace cistern::core
