// The price of a borrow and return while nobody waits, in whole numbers.

#include "counts/counted_pool.hpp"
#include "counts/limits.hpp"
#include "counts/step_counter.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kSize = 32;

PoolOptions options(std::chrono::nanoseconds bypass_window = 0ns) {
    PoolOptions options;
    options.max_size = kSize;
    options.bypass_window = bypass_window;
    return options;
}

void check(const char* what, const Counts& counts, const Limits& limits) {
    std::cout << what << ": " << counts.instructions << " instructions, " << counts.locked
              << " locked, " << counts.system_calls << " system calls, " << counts.allocations
              << " allocations, " << counts.clock_reads << " clock reads\n";
    CHECK(counts.instructions > 10);  // something was counted
    CHECK(counts.instructions <= limits.instructions);
    CHECK(counts.locked <= limits.locked);
    CHECK(counts.system_calls <= limits.system_calls);
    CHECK(counts.allocations <= limits.allocations);
    CHECK(counts.clock_reads <= limits.clock_reads);
}

TEST_CASE("a borrow and return keep to their limits", "[counts]") {
    const auto window = GENERATE(0us, 50us);
    const auto counts = count_steps([&] {
        const CountedPool counted{options(window)};
        return [counted, &pool = *counted] {
            begin_counting();
            ++pool.acquire()->uses;
            end_counting();
        };
    });
    check(window == 0us ? "acquire" : "acquire, with a bypass window", counts, kPlainLimits);
}

TEST_CASE("a borrow with a timeout of its own keeps to the same limits", "[counts]") {
    const auto counts = count_steps([] {
        const CountedPool counted{options()};
        return [counted, &pool = *counted] {
            begin_counting();
            ++pool.acquire(250ms)->uses;
            end_counting();
        };
    });
    check("acquire(timeout)", counts, kPlainLimits);
}

TEST_CASE("a borrow that does not wait keeps to the same limits", "[counts]") {
    const auto counts = count_steps([] {
        const CountedPool counted{options()};
        return [counted, &pool = *counted] {
            begin_counting();
            ++(*pool.try_acquire())->uses;
            end_counting();
        };
    });
    check("try_acquire", counts, kPlainLimits);
}

TEST_CASE("taking the next before returning the last keeps to its limits", "[counts]") {
    const auto counts = count_steps([] {
        const CountedPool counted{options()};
        auto held = std::make_shared<Lease<CountedSession>>((*counted).acquire());
        return [counted, &pool = *counted, held] {
            begin_counting();
            auto next = pool.acquire();
            ++next->uses;
            *held = std::move(next);
            end_counting();
        };
    });
    check("overlapping", counts, kOverlappingLimits);
}

}  // namespace
}  // namespace cistern::test
