#pragma once

#include "core/endpoint_gate.hpp"
#include "core/instant.hpp"

#include <cistern/pool_options.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace cistern::core {

// Where an open goes, or that none can begin now.
struct Admission {
    std::uint32_t endpoint = 0;  // when admitted
    // When none admitted: is_failing says that no circuit is closed, and retry_at when the first
    // back-off ends.
    EndpointGate::Answer answer{};
    bool is_extra = false;  // nobody counts on it
};

// Which of a pool's endpoints the next connection is opened to: in the order of the policy, the
// first whose circuit admits it.
//
// Under kFailover an endpoint that works and has no room for one more open is waited for: the next
// one in the list is for when it fails.
//
// Thread safety:  none; the pool's lock covers it.
class EndpointChoice {
public:
    // `random` in [0, 1) says which one is first: where many programs start together, each begins
    // with another. kFailover takes them as they are listed.
    // REQUIRES: count is from 1 to kMostEndpoints
    EndpointChoice(EndpointPolicy policy, std::uint32_t count, double random) noexcept
        : policy_{policy},
          count_{count},
          first_{static_cast<std::uint32_t>(random * count) % count},
          turn_{first_} {}

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

    // Asks one after another: `try_enter(endpoint)` answers as EndpointGate's does. `open` holds
    // the number of connections to each. Only the first `most` are asked.
    template <class TryEnter>
    [[nodiscard]] Admission enter(std::span<const std::uint32_t> open,
                                  TryEnter&& try_enter,
                                  std::uint32_t most = kMostEndpoints) {
        Admission none{.answer = {.is_failing = true}};
        std::uint64_t asked = 0;
        for (auto left = std::min(count_, most); left > 0; --left) {
            const auto endpoint = next(open, asked);
            asked |= std::uint64_t{1} << endpoint;
            const EndpointGate::Answer answer = try_enter(endpoint);
            if (answer.admitted) {
                turn_ = (endpoint + 1) % count_;
                return {endpoint, answer};
            }
            none.answer.is_failing = none.answer.is_failing && answer.is_failing;
            none.answer.retry_at = std::min(none.answer.retry_at, answer.retry_at);
            if (policy_ == EndpointPolicy::kFailover && !answer.is_failing) {
                break;
            }
        }
        return none;
    }

private:
    // REQUIRES: one has not been asked
    [[nodiscard]] std::uint32_t next(std::span<const std::uint32_t> open,
                                     std::uint64_t asked) const noexcept;

    EndpointPolicy policy_;
    std::uint32_t count_;
    std::uint32_t first_;  // of those that are equal
    std::uint32_t turn_;   // kRoundRobin: whose it is
};

}  // namespace cistern::core
