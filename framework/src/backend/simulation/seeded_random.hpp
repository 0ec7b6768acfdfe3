#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cistern::simulation {

// The one source of chance of a simulated run: the same seed gives the same numbers on every
// machine, which the standard's distributions do not promise.
//
// Thread safety:  none; a run has one thread.
class SeededRandom {
public:
    explicit SeededRandom(std::uint64_t seed) noexcept : state_{seed} {}

    // SplitMix64: a counter whose values are scrambled; neighbouring seeds have nothing in common.
    [[nodiscard]] std::uint64_t next() noexcept {
        auto bits = state_ += 0x9e3779b97f4a7c15;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
        return bits ^ (bits >> 31);
    }
    // From 0 to `count` - 1.
    // REQUIRES: count > 0
    [[nodiscard]] std::size_t below(std::size_t count) noexcept {
        return static_cast<std::size_t>(next() % count);
    }
    // From `least` to `most`, both included.
    [[nodiscard]] std::uint32_t between(std::uint32_t least, std::uint32_t most) noexcept {
        return least + static_cast<std::uint32_t>(below(most - least + 1));
    }
    [[nodiscard]] std::chrono::nanoseconds between(std::chrono::nanoseconds least,
                                                   std::chrono::nanoseconds most) noexcept {
        const auto span = static_cast<std::size_t>((most - least).count()) + 1;
        return least + std::chrono::nanoseconds{below(span)};
    }
    [[nodiscard]] bool percent(std::uint32_t share) noexcept {
        return share > 0 && below(100) < share;
    }
    [[nodiscard]] double fraction() noexcept {
        constexpr auto kMantissaBits = 53;
        return static_cast<double>(next() >> (64 - kMantissaBits)) * 0x1p-53;
    }

private:
    std::uint64_t state_;
};

}  // namespace cistern::simulation
