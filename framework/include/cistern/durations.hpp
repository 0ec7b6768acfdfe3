#pragma once

#include <cistern/export.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cistern {

// How long something took, each time that it was done: a histogram. Buckets grow with what they
// count: five to twice a power of ten, six on to five times, five on to ten times. So a percentile
// is too long by a quarter at most, from one microsecond to 1000 seconds; what took longer is told
// as the longest.
//
// Thread safety:  a value.
class CISTERN_API Durations {
public:
    static constexpr std::size_t kBucketsPerDecade = 16;
    static constexpr std::size_t kDecades = 9;
    // One more for all up to a microsecond, and one for all beyond.
    static constexpr std::size_t kBuckets = kBucketsPerDecade * kDecades + 2;

    Durations() = default;
    // `counts` of the buckets from the first one; those that are not given are empty.
    Durations(std::span<const std::uint64_t> counts,
              std::chrono::nanoseconds sum,
              std::chrono::nanoseconds max);

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] std::chrono::nanoseconds sum() const noexcept { return sum_; }
    [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }
    // So long took `share` of them at most, 0.99 for the 99th percentile. Zero when none was
    // counted.
    [[nodiscard]] std::chrono::nanoseconds percentile(double share) const noexcept;
    [[nodiscard]] std::chrono::nanoseconds p50() const noexcept { return percentile(0.5); }
    [[nodiscard]] std::chrono::nanoseconds p90() const noexcept { return percentile(0.9); }
    [[nodiscard]] std::chrono::nanoseconds p99() const noexcept { return percentile(0.99); }
    [[nodiscard]] std::chrono::nanoseconds p999() const noexcept { return percentile(0.999); }
    // How many took `limit` at most. Exact when that is 1, 2 or 5 times a power of ten; else those
    // between the last bucket's end and the limit are missing.
    [[nodiscard]] std::uint64_t count_up_to(std::chrono::nanoseconds limit) const noexcept;
    // What `other` has counted, too.
    void add(const Durations& other);

    // The bucket that counts `took`: those above the end of the one before, up to its own end.
    [[nodiscard]] static std::size_t bucket_of(std::chrono::nanoseconds took) noexcept;
    [[nodiscard]] static std::chrono::nanoseconds end_of(std::size_t bucket) noexcept;

private:
    std::vector<std::uint64_t> counts_;  // without the empty ones at the end
    std::uint64_t count_ = 0;
    std::chrono::nanoseconds sum_{};
    std::chrono::nanoseconds max_{};
};

}  // namespace cistern
