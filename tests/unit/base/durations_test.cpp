#include "core/histogram.hpp"

#include <cistern/durations.hpp>

#include <catch2/catch.hpp>

using namespace cistern;
using namespace std::chrono_literals;
using core::Histogram;
using std::chrono::nanoseconds;

namespace {

Durations counted(std::initializer_list<nanoseconds> all) {
    Histogram histogram;
    for (const auto took : all) {
        histogram.record(took);
    }
    return histogram.taken();
}

}  // namespace

TEST_CASE("nothing counted has no percentile but zero", "[unit][durations]") {
    const Durations none;
    CHECK(none.count() == 0);
    CHECK(none.p50() == 0ns);
    CHECK(none.p999() == 0ns);
    CHECK(none.max() == 0ns);
    CHECK(none.count_up_to(1h) == 0);
    CHECK(counted({}).percentile(1.0) == 0ns);
}

TEST_CASE("buckets follow each other without a gap, and none is wider than a quarter of its begin",
          "[unit][durations]") {
    CHECK(Durations::end_of(0) == 1us);
    for (std::size_t bucket = 1; bucket + 1 < Durations::kBuckets; ++bucket) {
        const auto begin = Durations::end_of(bucket - 1);
        const auto end = Durations::end_of(bucket);
        CAPTURE(bucket, begin.count(), end.count());
        REQUIRE(end > begin);
        REQUIRE(end - begin <= begin / 4);
        REQUIRE(Durations::bucket_of(end) == bucket);
        REQUIRE(Durations::bucket_of(begin + 1ns) == bucket);
    }
    CHECK(Durations::end_of(Durations::kBuckets - 2) == 1000s);
    CHECK(Durations::bucket_of(1000s + 1ns) == Durations::kBuckets - 1);
    CHECK(Durations::bucket_of(nanoseconds::max()) == Durations::kBuckets - 1);
    CHECK(Durations::bucket_of(-1ns) == 0);
}

TEST_CASE("percentiles are never too short, and too long by a quarter at most",
          "[unit][durations]") {
    Histogram histogram;
    for (int i = 1; i <= 1000; ++i) {
        histogram.record(i * 1ms);
    }
    const auto times = histogram.taken();
    CHECK(times.count() == 1000);
    CHECK(times.sum() == 500'500ms);
    CHECK(times.max() == 1s);
    const std::pair<nanoseconds, nanoseconds> told[] = {
        {times.p50(), 500ms}, {times.p90(), 900ms}, {times.p99(), 990ms}, {times.p999(), 999ms}};
    for (const auto& [found, exact] : told) {
        CHECK(found >= exact);
        CHECK(found <= exact + exact / 4);
    }
    CHECK(times.percentile(1.0) == 1s);
    CHECK(times.percentile(0.0) == 1ms);
}

TEST_CASE("what took longer than all buckets is told as the longest", "[unit][durations]") {
    const auto times = counted({1ms, 2h});
    CHECK(times.p99() == 2h);
    CHECK(times.count_up_to(1000s) == 1);
}

TEST_CASE("counts up to 1, 2 and 5 times a power of ten are exact", "[unit][durations]") {
    const auto times = counted({1ms, 1ms + 1ns, 2ms, 5ms, 5ms + 1ns, 10ms});
    CHECK(times.count_up_to(1ms - 1ns) == 0);
    CHECK(times.count_up_to(1ms) == 1);
    CHECK(times.count_up_to(2ms) == 3);
    CHECK(times.count_up_to(5ms) == 4);
    CHECK(times.count_up_to(10ms) == 6);
}

TEST_CASE("two histograms add up to one of all", "[unit][durations]") {
    auto sum = counted({1ms, 2ms});
    sum.add(counted({1s, 3us}));
    const auto all = counted({1ms, 2ms, 1s, 3us});
    CHECK(sum.count() == 4);
    CHECK(sum.sum() == all.sum());
    CHECK(sum.max() == 1s);
    CHECK(sum.p50() == all.p50());
    CHECK(sum.count_up_to(2ms) == 3);
    Durations none;
    none.add(sum);
    CHECK(none.p90() == sum.p90());
}

TEST_CASE("a sum that cannot be counted stays at the most there is", "[unit][durations]") {
    auto times = counted({nanoseconds::max(), nanoseconds::max()});
    CHECK(times.sum() == nanoseconds::max());
    times.add(times);
    CHECK(times.sum() == nanoseconds::max());
}
