#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cistern::core {

// Who of those that wait has seen opening fail often enough to be told: at every endpoint
// `max_attempts` times since it came, or once for good.
//
// Thread safety:  none; the pool's lock covers it.
class FailureTally {
public:
    FailureTally(std::size_t endpoints, std::uint32_t max_attempts)
        : endpoints_(endpoints, Endpoint{.failed_at = std::vector<std::uint64_t>(max_attempts)}) {}

    // What whoever comes now remembers: failures before that are not its own.
    [[nodiscard]] std::uint64_t now() const noexcept { return now_; }
    // What an open to `endpoint` that begins now remembers, for failed().
    [[nodiscard]] std::uint64_t round(std::uint32_t endpoint) const noexcept {
        return endpoints_[endpoint].round;
    }
    // Opens that were under way together and fail together count once. One that trying again cannot
    // help counts as often as is needed.
    void failed(std::uint32_t endpoint, std::uint64_t round, bool is_final) noexcept;
    // Whether somebody who came at `then` is to be told. Whoever came before him is, too.
    [[nodiscard]] bool is_enough_since(std::uint64_t then) const noexcept;

private:
    struct Endpoint {
        std::uint64_t round = 0;
        std::vector<std::uint64_t> failed_at;  // the last max_attempts; in turn, by round
        std::uint64_t final_at = 0;
    };

    std::uint64_t now_ = 0;
    std::vector<Endpoint> endpoints_;
};

}  // namespace cistern::core
