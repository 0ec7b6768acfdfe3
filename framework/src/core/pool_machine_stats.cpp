// What can be seen of the pool from outside.

#include "core/pool_machine.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cistern::core {

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
