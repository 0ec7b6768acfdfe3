// What a pool does, and tells, while its endpoint cannot be reached.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using Catch::Contains;

PoolOptions failing_fast() {
    return Fixture::with([](auto& options) {
        options.fail_fast = true;
        options.retry.jitter = 0.0;
    });
}

TEST_CASE("statistics show the circuit: its state, failures in a row, and the last error's age",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    CHECK(pool.stats().circuit.state == CircuitState::kClosed);
    CHECK(pool.stats().circuit.endpoint == "db1:7");
    CHECK_FALSE(pool.stats().circuit.last_failure);
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConnectError);
    fixture.backend->advance(10ms);
    const auto open = pool.stats().circuit;
    CHECK(open.state == CircuitState::kOpen);
    CHECK(open.failures == 3);
    CHECK(open.next_probe_in == 128ms - 10ms);
    REQUIRE(open.last_failure);
    CHECK(open.last_failure->what == "refused");
    CHECK(open.last_failure->age == 10ms);
    fixture.backend->advance(1s);
    CHECK(pool.stats().circuit.state == CircuitState::kHalfOpen);
    CHECK(pool.stats().circuit.next_probe_in == 0s);
    fixture.script->connect = [](Deadline) {};
    pool.acquire().release();
    const auto closed = pool.stats().circuit;
    CHECK(closed.state == CircuitState::kClosed);
    CHECK(closed.failures == 0);
    CHECK(closed.last_failure->what == "refused");  // what the last trouble was stays to be seen
}

TEST_CASE("pools of one endpoint show one circuit", "[unit][pool]") {
    Fixture fixture;
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), ConnectError);
    const auto first = fixture.pool;
    fixture.make(Fixture::options());
    CHECK(fixture.pool->stats().circuit.state == CircuitState::kOpen);
    CHECK(fixture.pool->stats().circuit.last_failure->what == "refused");
    CHECK_FALSE(fixture.pool->stats().last_connect_failure);  // none of its own
}

TEST_CASE("each change of the circuit is observed: open, half-open when it is probed, closed",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConnectError);
    fixture.script->connect = [](Deadline) {};
    pool.acquire().release();
    CHECK(fixture.observer->events == std::vector<std::string>{"open failed: refused",
                                                               "circuit: open",
                                                               "circuit: half-open",
                                                               "open failed: refused",
                                                               "circuit: open",
                                                               "circuit: half-open",
                                                               "open failed: refused",
                                                               "circuit: open",
                                                               "circuit: half-open",
                                                               "opened",
                                                               "circuit: closed"});
    CHECK(fixture.observer->circuits[2].failures == 2);
    CHECK(fixture.observer->circuits[2].endpoint == "db1:7");
    CHECK(fixture.observer->circuits[2].next_probe_in == 80ms);
    CHECK(fixture.observer->circuits[2].last_failure->what == "refused");
}

TEST_CASE("a reconnect by hand closes the circuit, and is observed", "[unit][pool]") {
    Fixture fixture;
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), ConnectError);
    fixture.typed().reconnect();
    CHECK(fixture.observer->events.back() == "circuit: closed");
    CHECK(fixture.pool->stats().circuit.state == CircuitState::kClosed);
}

TEST_CASE("after an outage a pool opens one connection, then one, then two at once",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 20;
        options.max_connecting = 4;
    })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), ConnectError);
    fixture.backend->advance(1s);
    int under_way = 0;
    std::vector<int> at_once;
    fixture.script->connect = [&](Deadline) {
        at_once.push_back(++under_way);
        sleep(*fixture.backend, 1s);
        --under_way;
    };
    fixture.typed().resize(20, 12);
    fixture.backend->advance(60s);
    CHECK(fixture.pool->stats().idle == 12);
    REQUIRE(at_once.size() == 12);
    CHECK(std::vector(at_once.begin(), at_once.begin() + 2) == std::vector{1, 1});
    CHECK(*std::max_element(at_once.begin() + 2, at_once.begin() + 4) == 2);
    CHECK(*std::max_element(at_once.begin(), at_once.end()) == 4);
}

TEST_CASE("with fail_fast callers are refused at once while the circuit is open", "[unit][pool]") {
    Fixture fixture{failing_fast()};
    auto& pool = fixture.typed();
    fixture.script->connect = [](Deadline) { throw ConnectError{"10.0.0.1:7 refused"}; };
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), CircuitOpen);  // told of the first failure
    fixture.backend->advance(10ms);
    try {
        static_cast<void>(pool.acquire());
        FAIL("was lent something");
    } catch (const CircuitOpen& error) {
        CHECK(std::string{error.what()} ==
              "pool \"cache\": refused at once, because no connection can be opened; circuit open "
              "(failures in a row: 1, next probe in 40 ms); last connect error: 10.0.0.1:7 "
              "refused, 10 ms ago");
        CHECK(error.circuit().next_probe_in == 40ms);
        CHECK(error.is_transient());
        CHECK_THROWS_WITH(std::rethrow_exception(error.cause()), "10.0.0.1:7 refused");
    }
    CHECK(fixture.backend->clock().now() == began + 10ms);
    CHECK(fixture.script->connects == 1);
    CHECK(pool.stats().rejected == 2);
    CHECK(pool.stats().waiting == 0);
}

TEST_CASE("with fail_fast the refusal after a final error is final too", "[unit][pool]") {
    Fixture fixture{failing_fast()};
    fixture.script->connect = [](Deadline) { throw AuthError{"who are you"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), AuthError);
    try {
        static_cast<void>(fixture.typed().acquire());
        FAIL("was lent something");
    } catch (const CircuitOpen& error) {
        CHECK_FALSE(error.is_transient());
        CHECK_THROWS_AS(std::rethrow_exception(error.cause()), AuthError);
    }
}

TEST_CASE("with fail_fast one caller waits for the probe, and the others are refused",
          "[unit][pool]") {
    Fixture fixture{failing_fast()};
    auto& pool = fixture.typed();
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), CircuitOpen);
    fixture.backend->advance(50ms);
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 1s); };
    Callers callers{fixture};
    callers.start(1, 10s);
    callers.start(2, 10s);
    REQUIRE(callers.failed.size() == 1);
    CHECK_THAT(callers.failed[0], Contains("2: pool") && Contains("circuit half-open"));
    fixture.backend->advance(1s);
    CHECK(callers.served == std::vector{1});
    callers.start(3, 10s);
    CHECK(callers.served == std::vector{1, 3});
}

TEST_CASE(
    "with fail_fast what is idle is lent, and what is lent is waited for where nothing would "
    "be opened",
    "[unit][pool]") {
    auto options = failing_fast();
    options.max_size = 1;
    Fixture fixture{options};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    const auto first = fixture.pool;
    fixture.make(options);
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), CircuitOpen);
    CHECK(first->stats().circuit.state == CircuitState::kOpen);
    bool is_served = false;
    fixture.backend->in_task([&] {
        static_cast<void>(pool.acquire(10s));
        is_served = true;
    });
    fixture.backend->run();
    CHECK_FALSE(is_served);
    lease.release();
    fixture.backend->run();
    CHECK(is_served);
    CHECK(pool.acquire()->number() == 1);
}

TEST_CASE("with fail_fast callers of every pool of the endpoint are refused when one finds it down",
          "[unit][pool]") {
    Fixture fixture{failing_fast()};
    fixture.script->connect = [&](Deadline) {
        sleep(*fixture.backend, 1s);
        throw ConnectError{"refused"};
    };
    auto& first = fixture.typed();
    for (int i = 0; i < 2; ++i) {  // as many as max_connecting
        fixture.backend->in_task(
            [&] { CHECK_THROWS_AS(static_cast<void>(first.acquire(10s)), CircuitOpen); });
    }
    fixture.backend->run();
    const auto keep = fixture.pool;
    fixture.make(failing_fast());
    Callers callers{fixture};
    callers.start(1, 10s);
    CHECK(callers.failed.empty());
    const auto began = fixture.backend->clock().now();
    fixture.backend->advance(1s);
    REQUIRE(callers.failed.size() == 1);
    CHECK(callers.at[0] == began + 1s);
}

TEST_CASE("without fail_fast callers wait for the server to come back", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.max_attempts = 100; })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    Callers callers{fixture};
    callers.start(1, 10s);
    fixture.backend->advance(2s);
    CHECK(callers.failed.empty());
    fixture.script->connect = [](Deadline) {};
    fixture.backend->advance(2s);
    CHECK(callers.served == std::vector{1});
}

TEST_CASE("a time-out says that the circuit is open", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.max_attempts = 100; })};
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_WITH(static_cast<void>(fixture.typed().acquire(60ms)),
                      Contains("waiting 1); last connect error: refused, 10 ms ago; circuit open "
                               "(failures in a row: 2, next probe in 70 ms)"));
}

}  // namespace
}  // namespace cistern::test
