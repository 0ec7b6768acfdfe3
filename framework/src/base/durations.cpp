#include <cistern/durations.hpp>

#include <algorithm>
#include <cmath>

namespace cistern {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kFirstEnd = 1000;  // a microsecond
// Steps within a decade, as parts of a tenth of its end.
constexpr std::int64_t kToTwo = 5;
constexpr std::int64_t kToFive = 6;

nanoseconds sum_of(nanoseconds one, nanoseconds other) noexcept {
    return one > nanoseconds::max() - other ? nanoseconds::max() : one + other;
}

}  // namespace

Durations::Durations(std::span<const std::uint64_t> counts, nanoseconds sum, nanoseconds max)
    : sum_{sum}, max_{max} {
    auto size = std::min(counts.size(), kBuckets);
    while (size > 0 && counts[size - 1] == 0) {
        --size;
    }
    counts_.assign(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(size));
    for (const auto count : counts_) {
        count_ += count;
    }
}

std::size_t Durations::bucket_of(nanoseconds took) noexcept {
    if (took.count() <= kFirstEnd) {
        return 0;
    }
    // What is as long as a bucket's end belongs to it, and not to the next one.
    const std::int64_t length = took.count() - 1;
    std::int64_t unit = kFirstEnd;
    std::size_t before = 1;
    for (std::size_t decade = 0; length / unit >= 10; ++decade) {
        if (decade + 1 == kDecades) {
            return kBuckets - 1;
        }
        unit *= 10;
        before += kBucketsPerDecade;
    }
    std::int64_t step = 0;
    if (length < 2 * unit) {
        step = (length - unit) / (unit / 5);
    } else if (length < 5 * unit) {
        step = kToTwo + (length - 2 * unit) / (unit / 2);
    } else {
        step = kToTwo + kToFive + (length - 5 * unit) / unit;
    }
    return before + static_cast<std::size_t>(step);
}

nanoseconds Durations::end_of(std::size_t bucket) noexcept {
    if (bucket == 0) {
        return nanoseconds{kFirstEnd};
    }
    if (bucket + 1 >= kBuckets) {
        return nanoseconds::max();
    }
    std::int64_t unit = kFirstEnd;
    for (auto decade = (bucket - 1) / kBucketsPerDecade; decade > 0; --decade) {
        unit *= 10;
    }
    const auto step = static_cast<std::int64_t>((bucket - 1) % kBucketsPerDecade) + 1;
    if (step <= kToTwo) {
        return nanoseconds{unit + step * (unit / 5)};
    }
    if (step <= kToTwo + kToFive) {
        return nanoseconds{2 * unit + (step - kToTwo) * (unit / 2)};
    }
    return nanoseconds{(5 + step - kToTwo - kToFive) * unit};
}

nanoseconds Durations::percentile(double share) const noexcept {
    const auto wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen > 0 && static_cast<double>(seen) >= wanted) {
            return std::min(end_of(bucket), max_);
        }
    }
    return max_;
}

std::uint64_t Durations::count_up_to(nanoseconds limit) const noexcept {
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size() && end_of(bucket) <= limit; ++bucket) {
        seen += counts_[bucket];
    }
    return seen;
}

void Durations::add(const Durations& other) {
    if (counts_.size() < other.counts_.size()) {
        counts_.resize(other.counts_.size());
    }
    for (std::size_t bucket = 0; bucket < other.counts_.size(); ++bucket) {
        counts_[bucket] += other.counts_[bucket];
    }
    count_ += other.count_;
    sum_ = sum_of(sum_, other.sum_);
    max_ = std::max(max_, other.max_);
}

}  // namespace cistern
