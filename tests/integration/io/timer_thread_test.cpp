#include "backend/thread/thread_backend.hpp"
#include "backend_support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <vector>

using cistern::Deadline;
using cistern::make_thread_backend;
using cistern::test::Gate;
using cistern::test::in;
using cistern::test::kLong;
using cistern::test::kMoment;
using namespace std::chrono_literals;

TEST_CASE("timers run in the order of their times, equal ones as they came",
          "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto soon = in(*backend, kMoment);
    const auto later = in(*backend, 2 * kMoment);
    std::vector<int> order;  // only the timer's thread touches it until the last has run
    Gate all_ran;
    backend->call_at(later, [&] { order.push_back(4); });
    backend->call_at(soon, [&] { order.push_back(1); });
    backend->call_at(soon, [&] { order.push_back(2); });
    backend->call_at(soon, [&] { order.push_back(3); });
    std::chrono::nanoseconds ran_at{};
    backend->call_at(later, [&] {
        order.push_back(5);
        ran_at = backend->clock().now();
        all_ran.open();
    });
    all_ran.pass();

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(order == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(ran_at >= later.since_clock_epoch());
}

TEST_CASE("an earlier timer does not wait for a later one set before it",
          "[integration][backend]") {
    const auto backend = make_thread_backend();
    Gate has_run;
    backend->call_at(in(*backend, 1h), [] {});
    backend->call_at(in(*backend, 0s), [&] { has_run.open(); });

    has_run.pass();
    SUCCEED("the earlier one ran");
}

TEST_CASE("stopping drops timers that are not due", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto held = std::make_shared<int>(0);
    std::atomic<bool> has_run{false};
    backend->call_at(in(*backend, 1h), [&has_run, held] { has_run = true; });
    backend->call_at(Deadline::never(), [&has_run, held] { has_run = true; });

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(held.use_count() == 1);
    CHECK_FALSE(has_run);
}
