#include "backend/simulation/simulation_backend.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace cistern::simulation {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a timer's task runs when it is due, and may wait like any other") {
    SimulationBackend world{1};
    std::vector<std::chrono::nanoseconds> at;
    world.scheduler().spawn("main", [&] {
        world.call_at(world.clock().deadline_after(5ms), [&] {
            at.push_back(world.scheduler().now() - Scheduler::beginning());
            world.scheduler().sleep_until(world.clock().deadline_after(1ms));
            at.push_back(world.scheduler().now() - Scheduler::beginning());
        });
        world.scheduler().sleep_until(world.clock().deadline_after(20ms));
    });
    REQUIRE(world.scheduler().run() == Scheduler::Ending::kDone);
    CHECK(at == std::vector<std::chrono::nanoseconds>{5ms, 6ms});
}

TEST_CASE("stop waits for the tasks that were spawned, until its deadline") {
    SimulationBackend world{1};
    bool in_time = true;
    bool later = false;
    world.scheduler().spawn("main", [&] {
        world.spawn([&] { world.scheduler().sleep_until(world.clock().deadline_after(50ms)); });
        in_time = world.stop(world.clock().deadline_after(10ms));
        later = world.stop(Deadline::never());
    });
    REQUIRE(world.scheduler().run() == Scheduler::Ending::kDone);
    CHECK_FALSE(in_time);
    CHECK(later);
    CHECK(world.scheduler().now() - Scheduler::beginning() == 50ms);
}

TEST_CASE("after stop nothing is started any more, and no timer comes") {
    SimulationBackend world{1};
    int ran = 0;
    world.scheduler().spawn("main", [&] {
        world.call_at(world.clock().deadline_after(1ms), [&] { ++ran; });
        REQUIRE(world.stop(Deadline::never()));
        world.spawn([&] { ++ran; });
        world.scheduler().sleep_until(world.clock().deadline_after(20ms));
    });
    REQUIRE(world.scheduler().run() == Scheduler::Ending::kDone);
    CHECK(ran == 0);
}

TEST_CASE("some of the tasks start late when the tuning says so, within its bound") {
    Tuning tuning;
    tuning.late_start_percent = 50;
    tuning.longest_delay = 10ms;
    SimulationBackend world{1, tuning};
    int late = 0;
    int on_time = 0;
    world.scheduler().spawn("main", [&] {
        for (int task = 0; task < 100; ++task) {
            world.spawn([&] {
                const auto begun = world.scheduler().now() - Scheduler::beginning();
                CHECK(begun <= 10ms);
                ++(begun > 0ms ? late : on_time);
            });
        }
    });
    REQUIRE(world.scheduler().run() == Scheduler::Ending::kDone);
    CHECK(late > 20);
    CHECK(on_time > 20);
}

TEST_CASE("chance comes from the seed") {
    SimulationBackend one{7};
    SimulationBackend same{7};
    SimulationBackend other{8};
    const double drawn = one.random();
    CHECK(drawn == same.random());
    CHECK(drawn != other.random());
    CHECK(drawn >= 0.0);
    CHECK(drawn < 1.0);
}

}  // namespace
}  // namespace cistern::simulation
