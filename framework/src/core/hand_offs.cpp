#include "core/hand_offs.hpp"

#include <utility>

namespace cistern::core {

void HandOffs::handed_over(Instant now) noexcept {
    const Instant took = now - std::exchange(waits_since_, now);
    if (seen_ == 0) {
        smoothed_ = took;
    } else {
        smoothed_ += (took - smoothed_) / kSmoothing;
    }
    seen_ += seen_ < kFewest ? 1 : 0;
}

std::optional<Instant> HandOffs::time_for(std::uint64_t count) const noexcept {
    if (seen_ < kFewest) {
        return std::nullopt;
    }
    const auto each = static_cast<std::uint64_t>(smoothed_.count());
    const auto most = static_cast<std::uint64_t>(kNever.count());
    if (each > 0 && count > most / each) {
        return kNever;
    }
    return Instant{static_cast<Instant::rep>(count * each)};
}

}  // namespace cistern::core
