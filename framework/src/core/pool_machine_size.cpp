// How many connections there may be, and how the machine finds out by itself.

#include "core/pool_machine.hpp"

namespace cistern::core {

void PoolMachine::set_size(std::uint32_t max_size, Instant now, Actions& actions) noexcept {
    options_.max_size = max_size;
    hand_offs_.forget();
    while (!idle_.empty() && total() - count(ConnectionState::kClosing) > max_size) {
        close_idle(*idle_.longest_idle(), CloseReason::kSurplus, actions);
    }
    serve_waiters(now, actions);
}

void PoolMachine::note_waits(Instant now) noexcept {
    if (sizes_ && !is_paused_) {
        sizes_->waited(now);
    }
}

void PoolMachine::note_used(const Slot& slot, Instant now) noexcept {
    if (sizes_) {
        sizes_->used(count(ConnectionState::kLent), slot.lent_at, now);
    }
}

void PoolMachine::adapt_size(Instant now, Actions& actions) noexcept {
    const auto from = sizes_->size();
    const auto to = sizes_->decide(now);
    // Who waits goes on to wait in the next interval, even if nobody comes and nothing ends.
    if (!waiters_.empty()) {
        note_waits(now);
    }
    if (!to) {
        return;
    }
    const bool is_applied = options_.adaptive.mode == AdaptiveMode::kOn;
    actions.proposal = {from, *to, is_applied};
    if (is_applied) {
        set_size(*to, now, actions);
    }
}

Instant PoolMachine::adaptive_due() const noexcept {
    return sizes_ ? sizes_->due() : kNever;
}

}  // namespace cistern::core
