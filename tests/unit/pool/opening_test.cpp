#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using Catch::Contains;

TEST_CASE("a connect is given connect_timeout as its deadline", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.connect_timeout = 3s; })};
    const auto began = fixture.backend->clock().now();
    nanoseconds deadline{};
    fixture.script->connect = [&](Deadline given) { deadline = given.since_clock_epoch(); };
    fixture.typed().acquire(1s).release();
    CHECK(deadline == began + 3s);
}

TEST_CASE("a waiter is told the connect error as it was thrown, after max_attempts",
          "[unit][pool]") {
    Fixture fixture;
    fixture.script->connect = [](Deadline) { throw ConnectError{"10.0.0.1:6379 refused"}; };
    auto& pool = fixture.typed();
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire()), "10.0.0.1:6379 refused");
    CHECK(fixture.script->connects == 3);
    CHECK(fixture.backend->clock().now() == began + 50ms + 80ms);  // the back-off between the three
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConnectError);
    CHECK(pool.stats().open_failures == 6);
    CHECK(pool.stats().total == 0);
    CHECK(fixture.observer->events.front() == "open failed: 10.0.0.1:6379 refused");
}

TEST_CASE("an error that trying again cannot help is told at once", "[unit][pool]") {
    Fixture fixture;
    fixture.script->connect = [](Deadline) { throw AuthError{"wrong password"}; };
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), AuthError);
    CHECK(fixture.script->connects == 1);
    CHECK(fixture.backend->clock().now() == began);
}

TEST_CASE("what is no framework error is told as a connect error that names the plugin",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.max_attempts = 1; })};
    auto& pool = fixture.typed();
    fixture.script->connect = [](Deadline) { throw std::logic_error{"index 7"}; };
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire()),
                      "plugin \"fake\" failed to connect: index 7");
    fixture.script->connect = [](Deadline) { throw 7; };
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConnectError);
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire()), Contains("no std::exception"));
}

TEST_CASE("a connector that returns nothing has failed", "[unit][pool]") {
    struct Nothing final : Connector {
        std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
            return nullptr;
        }
    };
    FakeIo io;
    const auto pool = make_pool({.name = "cache",
                                 .plugin = "fake",
                                 .options = {},
                                 .connector = std::make_unique<Nothing>(),
                                 .config = {},
                                 .backend = std::make_shared<ManualBackend>(&io)});
    CHECK_THROWS_WITH(static_cast<void>(detail::typed<FakeSession>(*pool).acquire()),
                      Contains("plugin \"fake\"") && Contains("no connection"));
}

TEST_CASE("opens tried per endpoint do not depend on how many wait", "[unit][pool]") {
    const int callers = GENERATE(1, 50);
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 50;
        options.retry.max_attempts = 1000;
    })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    for (int i = 0; i < callers; ++i) {
        fixture.backend->in_task([&] {
            try {
                static_cast<void>(fixture.typed().acquire(60s));
            } catch (const AcquireTimeout&) {
            }
        });
    }
    fixture.backend->advance(60s);
    CHECK(fixture.script->connects >= 60);
    CHECK(fixture.script->connects <= 67);
}

TEST_CASE("at most max_connecting opens are under way per endpoint, over all of its pools",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 5;
        options.min_idle = 5;
    })};
    int under_way = 0;
    int most = 0;
    fixture.script->connect = [&](Deadline) {
        most = std::max(most, ++under_way);
        sleep(*fixture.backend, 1s);
        --under_way;
    };
    const auto first = fixture.pool;
    fixture.make(fixture.pool->stats().max_size == 5 ? Fixture::with([](auto& options) {
        options.max_size = 3;
        options.min_idle = 3;
    })
                                                     : Fixture::options());
    fixture.backend->advance(2s);
    CHECK(first->stats().opened >= 1);
    CHECK(fixture.pool->stats().opened >= 1);  // neither keeps the endpoint to itself
    fixture.backend->advance(10s);
    CHECK(most == 2);
    CHECK(first->stats().idle == 5);
    CHECK(fixture.pool->stats().idle == 3);
}

TEST_CASE("the back-off of an endpoint holds for all of its pools, and ends for all",
          "[unit][pool]") {
    Fixture fixture;
    bool is_down = true;
    fixture.script->connect = [&](Deadline) {
        if (is_down) {
            throw ConnectError{"down"};
        }
    };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), ConnectError);
    const auto first = fixture.pool;
    fixture.make(Fixture::options());
    const auto before = fixture.script->connects;
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire(10ms)), AcquireTimeout);
    CHECK(fixture.script->connects == before);
    is_down = false;
    CHECK(fixture.typed().acquire()->number() == 1);
}

TEST_CASE("pools of their own endpoints do not hold each other up", "[unit][pool]") {
    Fixture fixture;
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 1h); };
    fixture.backend->in_task([&] { fixture.typed().acquire(10h).release(); });
    fixture.backend->run();
    const auto hanging = fixture.pool;
    fixture.endpoint = nullptr;
    fixture.script->connect = [](Deadline) {};
    fixture.make(Fixture::options());
    CHECK(fixture.typed().acquire(1s)->number() == 1);
    fixture.backend->advance(2h);
}

TEST_CASE("min_idle is filled at the start and refilled after failures, with back-off",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.min_idle = 2; })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    fixture.backend->advance(1s);
    const auto tried = fixture.script->connects;
    CHECK(tried > 2);
    CHECK(tried < 9);
    fixture.script->connect = [](Deadline) {};
    fixture.backend->advance(2s);
    CHECK(fixture.pool->stats().idle == 2);
    auto lease = fixture.typed().acquire();
    lease.discard();
    fixture.backend->run();
    CHECK(fixture.pool->stats().idle == 2);
}

TEST_CASE("warm_up waits for min_idle connections", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.min_idle = 2; })};
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 1s); };
    const auto began = fixture.backend->clock().now();
    fixture.typed().warm_up(5s);
    CHECK(fixture.pool->stats().idle == 2);
    CHECK(fixture.backend->clock().now() == began + 1s);
}

TEST_CASE("warm_up throws what kept the connections from opening", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.min_idle = 1; })};
    SECTION("after max_attempts") {
        fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
        CHECK_THROWS_AS(fixture.typed().warm_up(5s), ConnectError);
        CHECK(fixture.script->connects == 3);
    }
    SECTION("at once when trying again cannot help") {
        fixture.script->connect = [](Deadline) { throw AuthError{"who are you"}; };
        CHECK_THROWS_AS(fixture.typed().warm_up(5s), AuthError);
    }
    SECTION("or says how far it came in time") {
        fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 1h); };
        CHECK_THROWS_WITH(
            fixture.typed().warm_up(5s),
            Contains("min_idle is 1, and not as many are open after 5 s (open 1 of 2, idle 0, "
                     "lent 0, connecting 1"));
        fixture.backend->advance(1h);
    }
    SECTION("or that the pool is closed") {
        fixture.typed().drain(0s);
        CHECK_THROWS_AS(fixture.typed().warm_up(5s), PoolClosed);
    }
}

TEST_CASE("a task that cannot be started counts as a failed open and is tried again",
          "[unit][pool]") {
    Fixture fixture;
    fixture.backend->fail_spawn(1);
    CHECK(fixture.typed().acquire()->number() == 1);
    CHECK(fixture.pool->stats().open_failures == 1);
}

TEST_CASE("a close that cannot be started is done on the spot", "[unit][pool]") {
    Fixture fixture;
    auto lease = fixture.typed().acquire();
    fixture.backend->fail_spawn(1);
    lease.discard();
    CHECK(fixture.script->alive == 0);
    CHECK(fixture.pool->stats().total == 0);
}

TEST_CASE("opened and failed connects are observed with the pool's name", "[unit][pool]") {
    Fixture fixture;
    fixture.typed().acquire().release();
    CHECK(fixture.observer->events == std::vector<std::string>{"opened"});
    CHECK(fixture.observer->pools.front() == "cache");
}

}  // namespace
}  // namespace cistern::test
