#include "core/controlled_delay.hpp"

#include <algorithm>

namespace cistern::core {

void ControlledDelay::observe(Instant oldest, Instant now) noexcept {
    if (oldest == kNever) {
        late_since_ = kNever;
        overloaded_until_ = -kNever;
        return;
    }
    const Instant late_at = later(oldest, options_.target);
    if (late_since_ == kNever || late_at > now) {
        // Not before now: whoever comes back to an empty queue has waited elsewhere.
        late_since_ = std::max(late_at, now);
    }
}

bool ControlledDelay::refuses(Instant since, Instant now) noexcept {
    const bool begins = now >= later(late_since_, options_.interval);
    if ((!begins && now >= overloaded_until_) || now - since <= options_.target) {
        return false;
    }
    overloaded_until_ = later(now, options_.interval);
    return true;
}

}  // namespace cistern::core
