// A caller's way in and out: asking, queueing, taking up what was granted, and giving it back.

#include "base/mutants.hpp"
#include "pool/evidence.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"
#include "pool/type_name.hpp"

#include <atomic>
#include <optional>
#include <utility>

namespace cistern {
namespace {

// From other tasks of its thread, whose leases are none of its own. Those lent in the lane count
// for the thread, so a circle of such tasks may go unseen, but none is made up.
void tell_apart(core::Waiter& caller, const Parker& parker) noexcept {
    if (const void* const task = parker.task()) {
        caller.task = task;
    }
}

}  // namespace

// Leaves the queue when waiting ends by an exception, and gives back what was granted meanwhile.
class PoolImpl::Departure {
public:
    Departure(PoolImpl& pool, WaitNode& node) noexcept : pool_{pool}, node_{node} {}
    Departure(const Departure&) = delete;
    Departure& operator=(const Departure&) = delete;
    ~Departure() {
        if (is_settled_) {
            return;
        }
        pool_.step([&](core::Instant now, core::Actions& actions) {
            if (node_.outcome == core::Outcome::kPending) {
                pool_.machine_.give_up(node_, false, now, actions);
                node_.self.reset();
            } else if (node_.outcome == core::Outcome::kGranted &&
                       !CISTERN_MUTANT(kCancelKeepsGrant)) {
                pool_.machine_.taken_back(*node_.slot, false, now, actions);
            }
        });
    }
    void settled() noexcept { is_settled_ = true; }

private:
    PoolImpl& pool_;
    WaitNode& node_;
    bool is_settled_ = false;
};

detail::LaneSlot& PoolImpl::acquire(Timeout timeout, std::source_location where) {
    return acquire_until(clock().deadline_after(timeout), {}, Priority::kNormal, where);
}

detail::LaneSlot& PoolImpl::acquire(const detail::RetryState& attempt, std::source_location where) {
    return acquire_until(attempt.deadline, {}, Priority::kNormal, where);
}

detail::LaneSlot& PoolImpl::acquire(const AcquireOptions& options, std::source_location where) {
    const auto timeout = options.timeout.value_or(default_timeout());
    return acquire_until(clock().deadline_after(timeout), options.stop, options.priority, where);
}

detail::LaneSlot& PoolImpl::acquire_until(Deadline deadline,
                                          const std::stop_token& stop,
                                          Priority priority,
                                          std::source_location where) {
    core::Waiter caller{.where = where, .task = &detail::lane_thread, .priority = priority};
    AcquireEvidence evidence;
    while (true) {
        step([&](core::Instant now, core::Actions& actions) {
            const bool may_wait = now < deadline.since_clock_epoch();
            if (!caller.keeps_place) {
                caller.since = now;
            }
            if (may_wait) {
                machine_.acquire(caller, core::Patience::kProven, now, actions);
                return;
            }
            take_idle(caller, now, actions);
            if (caller.outcome == core::Outcome::kPending) {
                tell_apart(caller, *parts_.backend->this_task());
                evidence = evidence_now(caller, now);
                machine_.give_up(caller, true, now, actions);
            }
        });
        if (caller.outcome == core::Outcome::kPending) {
            wait_in_queue(caller, deadline, stop, evidence);
        }
        if (caller.outcome == core::Outcome::kGaveUp && stop.stop_requested()) {
            throw Cancelled{"pool \"" + parts_.name +
                            "\": the wait for a connection was cancelled"};
        }
        if (caller.outcome != core::Outcome::kGranted) {
            fail(caller, std::move(evidence), deadline);
        }
        if (take_up(caller)) {
            return *caller.slot;
        }
    }
}

detail::LaneSlot* PoolImpl::try_acquire(std::source_location where) {
    core::Waiter caller{.where = where, .task = &detail::lane_thread};
    while (true) {
        step([&](core::Instant now, core::Actions& actions) {
            if (!caller.keeps_place) {
                caller.since = now;
            }
            take_idle(caller, now, actions);
        });
        if (caller.outcome == core::Outcome::kClosed) {
            refuse_closed();
        }
        if (caller.outcome != core::Outcome::kGranted) {
            return nullptr;
        }
        if (take_up(caller)) {
            return caller.slot;
        }
    }
}

// For a caller that does not wait: whatever is idle, also what came back to the lane after it
// looked there.
void PoolImpl::take_idle(core::Waiter& caller, core::Instant now, core::Actions& actions) noexcept {
    machine_.acquire(caller, core::Patience::kNone, now, actions);
    if (caller.outcome == core::Outcome::kPending) {
        empty_lane(now, actions);
        machine_.acquire(caller, core::Patience::kNone, now, actions);
    }
}

void PoolImpl::tell_deadlock(const AcquireEvidence& evidence) const {
    const auto text = "pool \"" + parts_.name + "\" waits for itself " + in_words(evidence);
    observer_.tell([&](PoolObserver& observer) { observer.on_deadlock(parts_.name, text); });
}

void PoolImpl::wait_in_queue(core::Waiter& caller,
                             Deadline deadline,
                             const std::stop_token& stop,
                             AcquireEvidence& evidence) {
    const auto node = std::make_shared<WaitNode>();
    static_cast<core::Waiter&>(*node) = caller;
    node->pool = shared_from_this();
    node->parker = parts_.backend->this_task();
    tell_apart(*node, *node->parker);
    caller.task = node->task;
    node->deadline = deadline.since_clock_epoch();

    bool is_settled = false;
    std::optional<AcquireEvidence> circle;
    step([&](core::Instant now, core::Actions& actions) {
        machine_.acquire(*node, core::Patience::kQueue, now, actions);
        // Now, not at the end of the step: what it finds may be for this caller, or lent to it.
        if (!machine_.may_use_lane(now)) {
            empty_lane(now, actions);
        }
        machine_.refuse_hopeless(*node, now);
        if (node->hook.list != nullptr) {  // queued, or to be woken
            node->self = node;
        }
        is_settled = node->outcome != core::Outcome::kPending;
        if (node->outcome == core::Outcome::kRejected ||
            node->outcome == core::Outcome::kHopeless) {
            evidence = evidence_now(caller, now);
        }
        if (!is_settled && machine_.waits_for_itself(caller.task)) {
            circle = evidence_now(caller, now);
        }
    });
    Departure departure{*this, *node};
    if (circle) {
        tell_deadlock(*circle);
    }
    const std::stop_callback on_stop{stop, [parker = node->parker] { parker->unpark(); }};
    while (!is_settled) {
        const bool is_signalled = node->parker->park_until(
            CISTERN_MUTANT(kTimeoutPerWait)
                ? clock().deadline_after(deadline.since_clock_epoch() - caller.since)
                : deadline);
        // Whoever was served has no business under the lock.
        if (std::atomic_ref{node->outcome}.load(std::memory_order_acquire) !=
            core::Outcome::kPending) {
            break;
        }
        step([&](core::Instant now, core::Actions& actions) {
            const bool is_pending = node->outcome == core::Outcome::kPending;
            const bool is_cancelled = stop.stop_requested();
            const bool leaves = !is_signalled || is_cancelled;
            if ((is_pending || CISTERN_MUTANT(kGrantedMayStillLeave)) && leaves) {
                evidence = evidence_now(caller, now);
                machine_.give_up(*node, !is_cancelled, now, actions);
                if (!CISTERN_MUTANT(kGrantedMayStillLeave) && !CISTERN_MUTANT(kLeaverStaysQueued)) {
                    node->self.reset();
                }
            } else if (is_pending && node->is_nudged) {
                empty_lane(now, actions);
                machine_.look_again(*node, now, actions);
            }
            is_settled = node->outcome != core::Outcome::kPending;
        });
    }
    departure.settled();
    if (node->outcome == core::Outcome::kShed) {
        step([&](core::Instant now, core::Actions&) { evidence = evidence_now(caller, now); });
    }
    caller.outcome = node->outcome;
    caller.slot = node->slot;
    caller.error = node->error;
    caller.expected_wait = node->expected_wait;
}

// False when what was granted turned out to be dead; the caller may then ask again, ahead of all
// who came later.
bool PoolImpl::take_up(core::Waiter& caller) {
    core::Slot& slot = *caller.slot;
    PoolEntry& entry = entry_of(slot);
    const auto take_back = [&](bool is_dead) {
        step([&](core::Instant now, core::Actions& actions) {
            machine_.taken_back(slot, is_dead, now, actions);
        });
    };
    // A peer may hang up at any time, also between a greeting and the first use.
    if (!entry.is_usable()) {
        take_back(true);
        caller.keeps_place = true;
        caller.outcome = core::Outcome::kPending;
        caller.slot = nullptr;
        return false;
    }
    const auto cast = cast_.load(std::memory_order_acquire);
    if (cast != nullptr && slot.session == nullptr) {
        slot.session = cast(*entry.connection);
        if (slot.session == nullptr) {
            take_back(false);
            const std::lock_guard lock{facade_mutex_};
            throw ConfigError{"pool \"" + parts_.name + "\": connections of its plugin \"" +
                              parts_.plugin + "\" do not offer " + type_name(*session_)};
        }
    }
    entry.was_lent = true;
    slot.look_first = false;
    slot.word.stay_cold();
    return true;
}

core::Return PoolImpl::look_at(core::Slot& slot, bool discard) noexcept {
    PoolEntry& entry = entry_of(slot);
    const bool is_used = slot.was_used.exchange(false, std::memory_order_relaxed);
    slot.look_first = is_used;
    if (entry.connection->is_broken() ||
        (is_used && !entry.io->is_quiet() && !CISTERN_MUTANT(kDirtyComesBack))) {
        return core::Return::kBroken;
    }
    if (discard) {
        return core::Return::kDiscarded;
    }
    return entry.connection->has_to_be_reset() ? core::Return::kNeedsReset : core::Return::kClean;
}

void PoolImpl::give_back(detail::LaneSlot& lease, bool discard) noexcept {
    auto& slot = static_cast<core::Slot&>(lease);
    const auto how = look_at(slot, discard);
    if (how == core::Return::kClean &&
        (slot.word.try_return() || CISTERN_MUTANT(kReturnIgnoresCold))) {
        return;
    }
    step([&](core::Instant now, core::Actions& actions) {
        take_out_of_lane(slot, now, actions);
        machine_.released(slot, has_to_yield(how) ? core::Return::kYielded : how, now, actions);
    });
}

}  // namespace cistern
