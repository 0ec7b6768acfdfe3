// What a pool does that shares its max_size with others.

#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

#include <algorithm>

namespace cistern {

bool PoolImpl::is_room_wanted() const noexcept {
    return seat_ != nullptr && parts_.capacity->is_wanted();
}

void PoolImpl::give_up_idle(core::Actions& actions) noexcept {
    if (seat_ == nullptr) {
        return;
    }
    auto longest = core::kNever;
    // What is idle although somebody waits is about to be his.
    if (machine_.waiting() == 0) {
        const auto idle = machine_.count(core::ConnectionState::kIdle);
        if (idle > 0 && parts_.capacity->is_wanted()) {
            machine_.give_up_idle(parts_.capacity->to_give_up(seat_, idle), actions);
        }
        const auto in_lane = machine_.first_in_lane() != nullptr ? swept_at_ : core::kNever;
        longest = std::min(machine_.longest_idle(), in_lane);
    }
    SharedCapacity::note_longest_idle(seat_, longest);
}

std::uint32_t PoolImpl::lent_by_others() const noexcept {
    return seat_ != nullptr ? parts_.capacity->lent_by_others(seat_) : 0;
}

bool PoolImpl::has_room() const noexcept {
    return seat_ == nullptr || parts_.capacity->has_room();
}

void PoolImpl::note_use(core::Instant now) noexcept {
    if (seat_ == nullptr) {
        return;
    }
    using enum core::ConnectionState;
    parts_.capacity->note_lent(seat_, machine_.count(kLent) + machine_.count(kInLane));
    const bool is_unused = machine_.total() == 0 && machine_.waiting() == 0;
    auto at = is_unused ? now : core::kNever;
    if (is_unused) {
        for (const auto& endpoint : endpoints_) {
            at = std::max(at, endpoint.state->admits_at(now));
        }
    }
    forgettable_at_.store(at.count(), std::memory_order_release);
}

// What would be closed anyway gives up its place by itself.
bool PoolImpl::has_to_yield(core::Return how) noexcept {
    return seat_ != nullptr && machine_.waiting() > 0 &&
           (how == core::Return::kClean || how == core::Return::kNeedsReset) &&
           parts_.capacity->has_to_yield(seat_);
}

void PoolImpl::put_place_back(bool was_given_up) noexcept {
    if (seat_ != nullptr) {
        parts_.capacity->put_back(was_given_up);
    }
}

void PoolImpl::tell_of_capacity() noexcept {
    if (seat_ != nullptr) {
        parts_.capacity->tell();
    }
}

void PoolImpl::on_capacity_changed() noexcept {
    step([](core::Instant, core::Actions&) {});
}

}  // namespace cistern
