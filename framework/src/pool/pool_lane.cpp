// What the pool does with its express lane: all of it under the lock, save the look at one taken
// connection.

#include "base/mutants.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

#include <algorithm>

namespace cistern {
namespace {

// No number of takes; what has just entered counts as used until the first sweep.
constexpr std::uint32_t kNotSwept = 0xffffffff;

}  // namespace

void PoolImpl::enter_lane(core::Slot& slot, core::Instant now) noexcept {
    if (lane_timer_ == core::kNever) {
        swept_at_ = now;
    }
    slot.seen_takes = kNotSwept;
    slot.word.enter();
}

// A lease that began in the lane is as old as the lane's tick then; how much younger nobody knows.
// Taken for the youngest, so that nobody is said to hold a connection for longer than is true.
void PoolImpl::take_out_of_lane(core::Slot& slot,
                                core::Instant now,
                                core::Actions& actions) noexcept {
    if (slot.state != core::ConnectionState::kInLane) {
        return;
    }
    const auto left = slot.word.leave();
    slot.lane_takes += left.takes;
    if (left.takes != slot.seen_takes) {
        note_used_in_lane(slot, left.takes);
    }
    const auto tick = core::Instant{slot.taken_at.load(std::memory_order_relaxed)};
    const auto lent_at = std::min(now, core::later(tick, sweep_interval_));
    const bool is_lent = left.is_lent && !CISTERN_MUTANT(kRecallTakesWhatIsLent);
    machine_.left_lane(slot, is_lent, lent_at, now, actions);
}

void PoolImpl::note_used_in_lane(core::Slot& slot, std::uint32_t takes) noexcept {
    slot.seen_takes = takes;
    slot.idle_since = swept_at_;
    slot.proven_at = swept_at_;
}

void PoolImpl::empty_lane(core::Instant now, core::Actions& actions) noexcept {
    if (CISTERN_MUTANT(kLaneStaysOpen)) {
        return;
    }
    while (core::Slot* const slot = machine_.first_in_lane()) {
        take_out_of_lane(*slot, now, actions);
    }
}

void PoolImpl::close_lane_if_needed(core::Instant now, core::Actions& actions) noexcept {
    if (!machine_.may_use_lane(now) || is_room_wanted()) {
        empty_lane(now, actions);
    }
}

bool PoolImpl::take_one_idle_out_of_lane(core::Instant now, core::Actions& actions) noexcept {
    core::Slot* slot = machine_.first_in_lane();
    while (slot != nullptr) {
        core::Slot* const next = machine_.next_in_lane(*slot);
        if (slot->word.view().is_idle) {
            take_out_of_lane(*slot, now, actions);
            if (slot->state == core::ConnectionState::kIdle) {
                return true;
            }
        }
        slot = next;
    }
    return false;
}

// What was taken since the last sweep stays. A lease that lasts is taken out to be watched for
// leaks; what nobody wanted, and what is too old, to age like the rest.
void PoolImpl::sweep_lane(core::Instant now, core::Actions& actions) noexcept {
    core::Slot* slot = machine_.first_in_lane();
    while (slot != nullptr) {
        core::Slot* const next = machine_.next_in_lane(*slot);
        const auto seen = slot->word.view();
        const bool is_in_use = seen.takes != slot->seen_takes;
        if (is_in_use) {
            note_used_in_lane(*slot, seen.takes);
        }
        if (!is_in_use || slot->expires_at <= now ||
            now - slot->proven_at > parts_.options.validate_after_idle) {
            take_out_of_lane(*slot, now, actions);
        }
        slot = next;
    }
    swept_at_ = now;
}

bool PoolImpl::is_still_usable(detail::LaneSlot& taken) noexcept {
    auto& slot = static_cast<core::Slot&>(taken);
    if (entry_of(slot).is_usable()) {
        slot.look_first = false;
        return true;
    }
    step([&](core::Instant now, core::Actions& actions) {
        take_out_of_lane(slot, now, actions);
        machine_.taken_back(slot, true, now, actions);
    });
    return false;
}

}  // namespace cistern
