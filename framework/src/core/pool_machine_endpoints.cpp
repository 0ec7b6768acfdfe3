// What the machine knows of the pool's endpoints.

#include "core/expiry.hpp"
#include "core/pool_machine.hpp"

namespace cistern::core {

// Of the opens that were under way when an endpoint began to work none says that it has failed.
void PoolMachine::note_working(const Slot& slot, Instant now) noexcept {
    if (options_.endpoint_policy != EndpointPolicy::kFailover ||
        options_.failback_after <= Instant::zero() || slot.endpoint == works_) {
        return;
    }
    const bool is_back = slot.endpoint < works_;
    if (!is_back && slot.opening <= works_since_) {
        return;
    }
    const bool is_first = works_ == kMostEndpoints;
    works_ = slot.endpoint;
    works_since_ = openings_;
    last_kept_ = kMostEndpoints;
    failback_at_ = is_back && !is_first ? later(now, options_.failback_after) : kNever;
}

bool PoolMachine::wants_failback() const noexcept {
    const bool is_elsewhere =
        options_.failback_after > Instant::zero() && works_ > 0 && works_ < endpoints();
    return is_elsewhere && extra_ == 0 && !is_closed_ && !is_paused_ && total() < options_.max_size;
}

void PoolMachine::fail_back(Instant now, Actions& actions) noexcept {
    failback_at_ = kNever;
    last_kept_ = works_;
    close_idle_if([&](const Slot& slot) { return slot.endpoint > last_kept_; },
                  CloseReason::kFailback,
                  actions);
    serve_waiters(now, actions);
}

void PoolMachine::flush(bool lent_too, Instant now, Actions& actions) noexcept {
    for (auto& generation : generations_) {
        generation += lent_too ? 1 : 0;
    }
    close_idle_if([](const Slot&) { return true; }, CloseReason::kFlushed, actions);
    serve_waiters(now, actions);
}

void PoolMachine::flush(std::uint32_t endpoint,
                        bool lent_too,
                        Instant now,
                        Actions& actions) noexcept {
    generations_[endpoint] += lent_too ? 1 : 0;
    close_idle_if([&](const Slot& slot) { return slot.endpoint == endpoint; },
                  CloseReason::kFlushed,
                  actions);
    serve_waiters(now, actions);
}

// Not one that the server would have to be asked about: then the other one is no worse.
Slot* PoolMachine::idle_elsewhere(std::uint32_t endpoint, Instant now) const noexcept {
    Slot* slot = idle_.last_used();
    while (slot != nullptr && (slot->endpoint == endpoint || slot->expires_at <= now ||
                               !is_proven(options_, *slot, now))) {
        slot = slot->hook.previous;
    }
    return slot;
}

}  // namespace cistern::core
