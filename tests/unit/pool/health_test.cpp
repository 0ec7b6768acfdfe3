// Health checks: what they ask, what they cost, and what they say.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using Catch::Contains;
using Calls = std::vector<std::string>;

TEST_CASE("a check of an unused pool opens a connection and says how long that took",
          "[unit][pool][health]") {
    Fixture fixture;
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 20ms); };
    const auto health = fixture.typed().check(1s);
    CHECK(health.pool == "cache");
    CHECK(health.state == HealthState::kHealthy);
    CHECK(health.why.empty());
    REQUIRE(health.ping);
    CHECK(health.ping->kind == PingKind::kOpened);
    CHECK(health.ping->took == 20ms);
    CHECK(health.stats.idle == 1);
}

TEST_CASE("a check validates the connection that has been idle for longest, in the lane or not",
          "[unit][pool][health]") {
    const bool has_lane = GENERATE(true, false);
    Fixture fixture{Fixture::with(
        [&](auto& options) { options.order = has_lane ? LendOrder::kLifo : LendOrder::kFifo; })};
    fixture.typed().acquire().release();
    fixture.script->validate = [&](int, Deadline) { sleep(*fixture.backend, 3ms); };
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kHealthy);
    REQUIRE(health.ping);
    CHECK(health.ping->kind == PingKind::kValidated);
    CHECK(health.ping->took == 3ms);
    CHECK(fixture.script->calls == Calls{"validate 1"});
    CHECK(fixture.script->connects == 1);
}

TEST_CASE("a check is no lease and no use: counts stay, and what is idle ages on",
          "[unit][pool][health]") {
    Fixture fixture{Fixture::with([](auto& options) { options.idle_timeout = 10s; })};
    fixture.typed().acquire().release();
    const auto before = fixture.pool->stats();
    for (int i = 0; i < 4; ++i) {
        fixture.backend->advance(2s);
        CHECK(fixture.typed().check(1s).state == HealthState::kHealthy);
    }
    const auto after = fixture.pool->stats();
    CHECK(after.acquired == before.acquired);
    CHECK(after.released == before.released);
    CHECK(after.validations == before.validations + 4);
    fixture.backend->advance(4s);
    CHECK(fixture.pool->stats().closed_idle == 1);
}

TEST_CASE("a check keeps one connection from callers, for as long as the server takes to answer",
          "[unit][pool][health]") {
    Fixture fixture;
    {
        const auto one = fixture.typed().acquire();
        const auto other = fixture.typed().acquire();
    }
    fixture.script->validate = [&](int, Deadline) { sleep(*fixture.backend, 100ms); };
    fixture.backend->in_task([&] { static_cast<void>(fixture.typed().check(1s)); });
    fixture.backend->run();
    CHECK(fixture.pool->stats().validating == 1);
    CHECK(fixture.pool->stats().idle == 1);
    auto lease = fixture.typed().try_acquire();
    CHECK(lease);
    fixture.backend->advance(100ms);
    CHECK(fixture.pool->stats().validating == 0);
    CHECK(fixture.typed().try_acquire());
}

TEST_CASE("a check of an exhausted pool reports at once instead of timing out",
          "[unit][pool][health]") {
    Fixture fixture;
    const auto one = fixture.typed().acquire();
    const auto other = fixture.typed().acquire();
    Callers callers{fixture};
    callers.start(1, 10s);
    const auto began = fixture.backend->clock().now();
    const auto health = fixture.typed().check(1s);
    CHECK(fixture.backend->clock().now() == began);
    CHECK(health.state == HealthState::kDegraded);
    CHECK_FALSE(health.ping);
    CHECK(health.why == "all connections are in use (2 of 2); callers wait (1)");
    CHECK(health.stats.waiting == 1);
    CHECK(fixture.script->connects == 2);
}

TEST_CASE("a check finds a server down by an open that fails, with the error and its age",
          "[unit][pool][health]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.jitter = 0.0; })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"10.0.0.1:7 refused"}; };
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kDown);
    CHECK_FALSE(health.ping);
    CHECK(health.why ==
          "no connection can be opened; circuit open (failures in a row: 1, next probe in 50 ms); "
          "last connect error: 10.0.0.1:7 refused, 0 ms ago");
    CHECK(health.stats.last_connect_failure->what == "10.0.0.1:7 refused");
}

TEST_CASE("checks keep to the back-off, and the first one after it is the probe",
          "[unit][pool][health]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.jitter = 0.0; })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    for (int i = 0; i < 10; ++i) {
        CHECK(fixture.typed().check(1s).state == HealthState::kDown);
    }
    CHECK(fixture.script->connects == 1);
    fixture.backend->advance(20ms);
    const auto began = fixture.backend->clock().now();
    CHECK_THAT(fixture.typed().check(1s).why,
               Contains("next probe in 30 ms") && Contains("refused, 20 ms ago"));
    CHECK(fixture.backend->clock().now() == began);
    fixture.backend->advance(50ms);
    fixture.script->connect = [](Deadline) {};
    CHECK(fixture.typed().check(1s).state == HealthState::kHealthy);
    CHECK(fixture.script->connects == 2);
}

TEST_CASE("a server that says nothing is down after the time that the check allows",
          "[unit][pool][health]") {
    Fixture fixture;
    fixture.script->connect = [&](Deadline) {
        sleep(*fixture.backend, 4s);
        throw ConnectError{"did not answer"};
    };
    const auto began = fixture.backend->clock().now();
    const auto health = fixture.typed().check(1s);
    CHECK(fixture.backend->clock().now() == began + 1s);
    CHECK(health.state == HealthState::kDown);
    CHECK(health.why == "the server did not answer within 1 s");
}

TEST_CASE("what was dead while idle does not make a server down that can be connected to",
          "[unit][pool][health]") {
    Fixture fixture;
    {
        const auto one = fixture.typed().acquire();
        const auto other = fixture.typed().acquire();
    }
    fixture.script->validate = [](int, Deadline) { throw IoError{"reset by peer"}; };
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kHealthy);
    REQUIRE(health.ping);
    CHECK(health.ping->kind == PingKind::kOpened);
    CHECK(health.stats.closed_invalid == 2);
}

TEST_CASE("a failed validation is told when nothing else answers either", "[unit][pool][health]") {
    Fixture fixture;
    fixture.typed().acquire().release();
    fixture.script->validate = [](int, Deadline) { throw IoError{"reset by peer"}; };
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kDown);
    CHECK_THAT(health.why,
               Contains("validation failed: reset by peer") && Contains("error: refused"));
}

TEST_CASE("checks at the same time share one answer", "[unit][pool][health]") {
    Fixture fixture;
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 10ms); };
    std::vector<PoolHealth> found;
    for (int i = 0; i < 3; ++i) {
        fixture.backend->in_task([&] { found.push_back(fixture.typed().check(1s)); });
    }
    fixture.backend->advance(10ms);
    REQUIRE(found.size() == 3);
    for (const auto& health : found) {
        CHECK(health.state == HealthState::kHealthy);
    }
    CHECK(fixture.script->connects == 1);
}

TEST_CASE("a check waits while other pools open as many connections as the endpoint allows",
          "[unit][pool][health]") {
    const auto options = Fixture::with([](auto& wanted) { wanted.max_connecting = 1; });
    Fixture fixture{options};
    const auto first = fixture.pool;
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 10ms); };
    fixture.backend->in_task([&] { static_cast<void>(first->check(1s)); });
    fixture.backend->run();
    fixture.make(options);
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kHealthy);
    REQUIRE(health.ping);
    CHECK(health.ping->took == 10ms);
    CHECK(fixture.script->connects == 2);
}

TEST_CASE("a paused pool is degraded and is left alone; a drained one is down",
          "[unit][pool][health]") {
    Fixture fixture;
    fixture.typed().pause();
    const auto paused = fixture.typed().check(1s);
    CHECK(paused.state == HealthState::kDegraded);
    CHECK(paused.why == "it is paused");
    CHECK(paused.stats.is_paused);
    CHECK(fixture.script->connects == 0);
    fixture.typed().resume();
    CHECK(fixture.typed().drain(1s));
    const auto drained = fixture.typed().check(1s);
    CHECK(drained.state == HealthState::kDown);
    CHECK(drained.is_closed);
    CHECK(drained.why == "it is drained or closed and lends nothing any more");
}

TEST_CASE("a check that answers while the circuit is open says that it is degraded",
          "[unit][pool][health]") {
    Fixture fixture;
    fixture.typed().acquire().release();
    const auto first = fixture.pool;
    fixture.make(Fixture::options());
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK(fixture.pool->check(1s).state == HealthState::kDown);
    const auto health = first->check(1s);
    CHECK(health.state == HealthState::kDegraded);
    CHECK(health.ping);
    CHECK_THAT(health.why, Contains("circuit open") && Contains("refused"));
}

TEST_CASE("each state of health has a name", "[unit][pool][health]") {
    CHECK(to_string(HealthState::kHealthy) == "healthy");
    CHECK(to_string(HealthState::kDegraded) == "degraded");
    CHECK(to_string(HealthState::kDown) == "down");
}

}  // namespace
}  // namespace cistern::test
