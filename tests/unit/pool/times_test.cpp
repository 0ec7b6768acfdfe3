// How long things take, as statistics tell.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("the wait of a caller that had to is timed, and nobody else's", "[unit][pool][times]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 1; })};
    auto lease = fixture.typed().acquire();  // waits for an open that takes no time
    Callers callers{fixture};
    callers.start(1, 10s);
    callers.start(2, 5ms);  // gives up
    fixture.backend->advance(20ms);
    lease.release();
    fixture.backend->run();
    REQUIRE(callers.served == std::vector{1});
    fixture.typed().acquire().release();
    const auto waits = fixture.pool->stats().wait_time;
    CHECK(waits.count() == 2);
    CHECK(waits.max() == 20ms);
    CHECK(waits.sum() == 20ms);
    CHECK(fixture.pool->stats().timeouts == 1);
}

TEST_CASE("connects and validations that succeed are timed", "[unit][pool][times]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.validate_after_idle = 0s;
        options.retry.max_attempts = 1;
    })};
    fixture.script->connect = [&](Deadline) { sleep(*fixture.backend, 30ms); };
    fixture.script->validate = [&](int, Deadline) { sleep(*fixture.backend, 2ms); };
    fixture.typed().acquire().release();
    fixture.typed().acquire().release();
    fixture.script->validate = [&](int, Deadline) { throw IoError{"reset"}; };
    fixture.script->connect = [](Deadline) { throw ConnectError{"refused"}; };
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire()), ConnectError);
    const auto stats = fixture.pool->stats();
    CHECK(stats.connect_time.count() == 1);
    CHECK(stats.connect_time.p99() == 30ms);
    CHECK(stats.validation_time.count() == 1);
    CHECK(stats.validation_time.p50() == 2ms);
}

TEST_CASE("without an express lane each lease is timed", "[unit][pool][times]") {
    Fixture fixture{Fixture::with([](auto& options) { options.order = LendOrder::kFifo; })};
    for (const auto held : {1ms, 5ms}) {
        const auto lease = fixture.typed().acquire();
        fixture.backend->advance(held);
    }
    const auto uses = fixture.pool->stats().use_time;
    CHECK(uses.count() == 2);
    CHECK(uses.sum() == 6ms);
    CHECK(uses.max() == 5ms);
}

TEST_CASE("what comes and goes in the express lane is timed by nobody", "[unit][pool][times]") {
    Fixture fixture;
    fixture.typed().acquire().release();  // the first lease ends under the lock
    const auto reads = fixture.backend->clock_reads();
    for (int i = 0; i < 10; ++i) {
        fixture.typed().acquire().release();
    }
    CHECK(fixture.backend->clock_reads() == reads);
    CHECK(fixture.pool->stats().use_time.count() == 1);
}

TEST_CASE("evidence and health come without times, which would cost each refusal",
          "[unit][pool][times]") {
    Fixture fixture;
    const auto one = fixture.typed().acquire();
    const auto other = fixture.typed().acquire();
    try {
        static_cast<void>(fixture.typed().acquire(1ms));
        FAIL("was lent something");
    } catch (const AcquireTimeout& error) {
        CHECK(error.evidence().stats.connect_time.count() == 0);
    }
    CHECK(fixture.typed().check(1s).stats.connect_time.count() == 0);
    CHECK(fixture.pool->stats().connect_time.count() == 2);
}

}  // namespace
}  // namespace cistern::test
