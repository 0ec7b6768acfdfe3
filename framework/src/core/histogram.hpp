#pragma once

#include "core/instant.hpp"

#include <cistern/durations.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace cistern::core {

// Counts durations in fixed memory, a little more than a kilobyte: no allocation, and constant
// time.
//
// Thread safety:  none; the pool's lock covers it.
class Histogram {
public:
    void record(std::chrono::nanoseconds took) noexcept {
        ++counts_[Durations::bucket_of(took)];
        sum_ = later(sum_, std::max(took, std::chrono::nanoseconds::zero()));
        max_ = std::max(max_, took);
    }
    // What it has counted until now. Throws std::bad_alloc.
    [[nodiscard]] Durations taken() const { return {counts_, sum_, max_}; }

private:
    std::array<std::uint64_t, Durations::kBuckets> counts_{};
    std::chrono::nanoseconds sum_{};
    std::chrono::nanoseconds max_{};
};

// What takes time in a pool; PoolStats says what each of them means.
struct PoolTimes {
    Histogram wait;
    Histogram connect;
    Histogram validation;
    Histogram use;
};

}  // namespace cistern::core
