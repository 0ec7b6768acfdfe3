// What the pool's tasks report: opened, validated, reset, closed, hung up.

#include "base/mutants.hpp"
#include "core/expiry.hpp"
#include "core/pool_machine.hpp"
#include "core/sizing.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cistern::core {

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

}  // namespace cistern::core
