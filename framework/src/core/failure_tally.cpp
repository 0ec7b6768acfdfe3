#include "core/failure_tally.hpp"

#include <algorithm>

namespace cistern::core {

void FailureTally::failed(std::uint32_t endpoint, std::uint64_t round, bool is_final) noexcept {
    auto& its = endpoints_[endpoint];
    if (is_final) {
        its.final_at = ++now_;
    }
    if (round == its.round) {
        its.failed_at[its.round % its.failed_at.size()] = is_final ? now_ : ++now_;
        ++its.round;
    }
}

bool FailureTally::is_enough_since(std::uint64_t then) const noexcept {
    return std::all_of(endpoints_.begin(), endpoints_.end(), [&](const Endpoint& its) {
        const auto oldest = its.failed_at[its.round % its.failed_at.size()];
        return oldest > then || its.final_at > then;
    });
}

}  // namespace cistern::core
