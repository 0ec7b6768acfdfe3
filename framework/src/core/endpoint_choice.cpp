#include "core/endpoint_choice.hpp"

namespace cistern::core {

std::uint32_t EndpointChoice::next(std::span<const std::uint32_t> open,
                                   std::uint64_t asked) const noexcept {
    const auto begin = policy_ == EndpointPolicy::kFailover     ? 0
                       : policy_ == EndpointPolicy::kRoundRobin ? turn_
                                                                : first_;
    auto best = count_;
    for (std::uint32_t step = 0; step < count_; ++step) {
        const auto endpoint = (begin + step) % count_;
        if ((asked >> endpoint & 1U) != 0) {
            continue;
        }
        if (best == count_ ||
            (policy_ == EndpointPolicy::kLeastConnections && open[endpoint] < open[best])) {
            best = endpoint;
        }
    }
    return best;
}

}  // namespace cistern::core
