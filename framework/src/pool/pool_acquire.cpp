// A caller's way in and out: asking, taking up what was granted, and giving it back.

#include "base/mutants.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"
#include "pool/type_name.hpp"

#include <optional>
#include <utility>

namespace cistern {

detail::LaneSlot& PoolImpl::acquire(Timeout timeout, std::source_location where) {
    return acquire_until(clock().deadline_after(timeout), {}, Priority::kNormal, where);
}

detail::LaneSlot& PoolImpl::acquire(const detail::RetryState& attempt, std::source_location where) {
    return acquire_until(attempt.deadline, {}, Priority::kNormal, where, attempt.avoids);
}

detail::LaneSlot& PoolImpl::acquire(const AcquireOptions& options, std::source_location where) {
    const auto timeout = options.timeout.value_or(default_timeout());
    return acquire_until(clock().deadline_after(timeout), options.stop, options.priority, where);
}

detail::LaneSlot& PoolImpl::acquire_until(Deadline deadline,
                                          const std::stop_token& stop,
                                          Priority priority,
                                          std::source_location where,
                                          std::uint32_t avoids) {
    core::Waiter caller{
        .where = where, .task = detail::this_task(), .priority = priority, .avoids = avoids};
    AcquireEvidence evidence;
    while (true) {
        step([&](core::Instant now, core::Actions& actions) {
            const bool may_wait = now < deadline.since_clock_epoch();
            if (!caller.keeps_place) {
                caller.since = now;
            }
            if (avoids != kMostEndpoints) {
                empty_lane(now, actions);
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
        if (caller.outcome == core::Outcome::kGaveUp &&
            (stop.stop_requested() || parts_.backend->this_task()->is_cancelled())) {
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
    core::Waiter caller{.where = where, .task = detail::this_task()};
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
