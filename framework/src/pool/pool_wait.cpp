// Waiting for a connection, and noticing that it would be for ever.

#include "base/mutants.hpp"
#include "pool/evidence.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace cistern {

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

void PoolImpl::tell_apart(core::Waiter& caller, const Parker& parker) noexcept {
    if (const void* const task = parker.task()) {
        caller.task = task;
    }
}

void PoolImpl::enqueue(const std::shared_ptr<WaitNode>& node,
                       AcquireEvidence& evidence,
                       core::Instant now,
                       core::Actions& actions) {
    node->number = parts_.circles->next_wait();
    machine_.acquire(*node, core::Patience::kQueue, now, actions);
    // Now, not at the end of the step: what it finds may be for this caller, or lent to it.
    if (!machine_.may_use_lane(now)) {
        empty_lane(now, actions);
    }
    machine_.refuse_hopeless(*node, lent_by_others(), now);
    if (node->hook.list != nullptr) {  // queued, or to be woken
        node->self = node;
    }
    note_circles();
    node->may_close_circle = may_close_circle(*node);
    if (node->outcome == core::Outcome::kRejected || node->outcome == core::Outcome::kHopeless) {
        evidence = evidence_now(*node, now);
    }
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
    Departure departure{*this, *node};
    step([&](core::Instant now, core::Actions& actions) { enqueue(node, evidence, now, actions); });
    const std::stop_callback on_stop{stop, [parker = node->parker] { parker->unpark(); }};
    while (is_pending(*node)) {
        const auto ask_again_at = look_for_circle(*node);
        const auto until = CISTERN_MUTANT(kTimeoutPerWait)
                               ? clock().deadline_after(deadline.since_clock_epoch() - caller.since)
                               : deadline;
        const bool is_signalled = node->parker->park_until(std::min(until, ask_again_at));
        // Whoever was served has no business under the lock.
        if (is_pending(*node)) {
            const bool is_late = !is_signalled && until <= ask_again_at;
            const bool is_cancelled = stop.stop_requested() || node->parker->is_cancelled();
            go_on_waiting(*node, is_late, is_cancelled, evidence);
        }
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

bool PoolImpl::is_pending(WaitNode& node) noexcept {
    return std::atomic_ref{node.outcome}.load(std::memory_order_acquire) == core::Outcome::kPending;
}

// After something has woken it, or nothing has in time.
void PoolImpl::go_on_waiting(WaitNode& node,
                             bool is_late,
                             bool is_cancelled,
                             AcquireEvidence& evidence) {
    // While it still waits: later it belongs to none.
    auto circle = is_late && !is_cancelled ? circle_of(node).circle : std::vector<CircleLink>{};
    step([&](core::Instant now, core::Actions& actions) {
        const bool is_pending = node.outcome == core::Outcome::kPending;
        if ((is_pending || CISTERN_MUTANT(kGrantedMayStillLeave)) && (is_late || is_cancelled)) {
            evidence = evidence_now(node, now, std::move(circle));
            machine_.give_up(node, !is_cancelled, now, actions);
            if (!CISTERN_MUTANT(kGrantedMayStillLeave) && !CISTERN_MUTANT(kLeaverStaysQueued)) {
                node.self.reset();
            }
        } else if (is_pending && node.is_nudged) {
            empty_lane(now, actions);
            machine_.look_again(node, now, actions);
        }
        node.may_close_circle = may_close_circle(node);
    });
}

// -- Circles --------------------------------------------------------------------------------------

void PoolImpl::note_circles() noexcept {
    using enum core::ConnectionState;
    parts_.circles->note(
        circle_seat_, machine_.waiting() > 0, machine_.count(kLent) + machine_.count(kInLane) > 0);
}

// What most callers are spared: whoever holds nothing closes no circle, nor does who can still be
// served by something that is not lent.
bool PoolImpl::may_close_circle(const WaitNode& node) const noexcept {
    return node.outcome == core::Outcome::kPending &&
           (machine_.needs_a_lease_back(node) || !has_room()) &&
           (seat_ != nullptr || parts_.circles->is_wide() || machine_.leases_of(node.task) > 0);
}

WaitCircles::Found PoolImpl::circle_of(const WaitNode& node) {
    try {
        return parts_.circles->find(node.task);
    } catch (const std::bad_alloc&) {
        return {};  // Then it goes unnoticed.
    }
}

// Tells of it, if there is one and nobody else has. When it has to be asked again.
Deadline PoolImpl::look_for_circle(const WaitNode& node) {
    if (!node.may_close_circle) {
        return Deadline::never();
    }
    auto found = circle_of(node);
    if (!found.circle.empty() && found.claimed_in->claim_circle(found.claimed_by)) {
        observer_.tell([&](PoolObserver& observer) {
            AcquireEvidence evidence;
            step([&](core::Instant now, core::Actions&) {
                evidence = evidence_now(node, now, std::move(found.circle));
            });
            observer.on_deadlock(
                parts_.name,
                "pool \"" + parts_.name + "\": a caller waits for itself " + in_words(evidence));
        });
    }
    return Clock::deadline_at(found.ask_again_at);
}

// What they wait for may have become less.
void PoolImpl::wake_waiters() noexcept {
    machine_.for_each_waiter(
        [](core::Waiter& waiter) { static_cast<WaitNode&>(waiter).parker->unpark(); });
}

bool PoolImpl::has_leases_of(const void* task) {
    {
        const std::lock_guard lock{mutex_};
        if (machine_.first_in_lane() == nullptr) {
            return machine_.leases_of(task) > 0;
        }
    }
    bool has_any = false;
    step([&](core::Instant now, core::Actions& actions) {
        close_lane_if_needed(now, actions);
        has_any = machine_.leases_of(task) > 0;
    });
    return has_any;
}

CircleMember::View PoolImpl::view_waits() {
    View view;
    view.name = parts_.name;
    view.waits.places = parts_.capacity != nullptr ? static_cast<const void*>(parts_.capacity.get())
                                                   : static_cast<const void*>(this);
    step([&](core::Instant now, core::Actions& actions) {
        close_lane_if_needed(now, actions);
        machine_.describe_waits(view.waits);
        view.now = now;
        std::size_t index = 0;
        machine_.for_each_lease([&](const core::Slot& slot) {
            if (slot.holder_sure_at > now) {
                view.sure_at = std::min(view.sure_at, slot.holder_sure_at);
                view.unsure.emplace_back(index,
                                         std::exchange(view.waits.leases[index].task, nullptr));
            }
            ++index;
        });
    });
    return view;
}

bool PoolImpl::claim_circle(std::uint64_t wait) noexcept {
    const std::lock_guard lock{mutex_};
    core::Waiter* const waiter = machine_.find_waiter(wait);
    return waiter != nullptr && !std::exchange(waiter->is_told, true);
}

}  // namespace cistern
