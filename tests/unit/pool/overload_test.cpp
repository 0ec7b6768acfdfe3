// Callers whom the pool refuses before their deadline, and what they are told.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace cistern::test {
namespace {

using Catch::Matchers::StartsWith;

TEST_CASE("in an overloaded queue late callers are refused and told so, and others are served",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.codel = {.target = 50ms, .interval = 200ms};
    })};
    Callers callers{fixture};
    auto lease = fixture.typed().acquire();
    std::optional<AcquireEvidence> evidence;
    fixture.backend->in_task([&] {
        try {
            static_cast<void>(fixture.typed().acquire());
        } catch (const AcquireTimeout& error) {
            CHECK(error.is_transient());
            evidence = error.evidence();
        }
    });
    fixture.backend->run();
    callers.start(2, 5s);
    fixture.backend->advance(250ms);
    CHECK_FALSE(evidence);
    callers.start(3, 5s);
    REQUIRE(evidence);
    CHECK(evidence->refusal == AcquireRefusal::kOverloaded);
    CHECK(evidence->waited == 250ms);
    REQUIRE(callers.failed.size() == 1);
    CHECK_THAT(
        callers.failed[0],
        StartsWith("2: pool \"cache\": refused after 250 ms, because the queue is overloaded "
                   "and codel.target is 50 ms (open 1 of 1, idle 0, lent 1, connecting 0, "
                   "waiting 1); oldest holders: overload_test.cpp:"));
    lease.release();
    fixture.backend->run();
    CHECK(callers.served == std::vector{3});
    CHECK(fixture.typed().stats().rejected == 2);
    CHECK(fixture.typed().stats().rejected_late == 2);
    CHECK(fixture.typed().stats().timeouts == 0);
    CHECK(fixture.observer->events.back().starts_with("timeout: pool \"cache\": refused after"));
}

TEST_CASE("evidence says whether the time was up or the queue full", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.max_waiters = 1;
    })};
    Callers callers{fixture};
    const auto lease = fixture.typed().acquire();
    const auto refusal = [&] {
        try {
            static_cast<void>(fixture.typed().acquire(10ms));
        } catch (const AcquireTimeout& error) {
            return error.evidence().refusal;
        }
        return AcquireRefusal::kOverloaded;
    };
    CHECK(refusal() == AcquireRefusal::kTimedOut);
    callers.start(1, 1s);
    CHECK(refusal() == AcquireRefusal::kQueueFull);
}

TEST_CASE("a caller whose turn would come too late is refused at once and told so",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.reject_hopeless = true;
    })};
    Callers callers{fixture};
    auto lease = fixture.typed().acquire();
    fixture.typed().resize(1, 0);  // counts anew: the connect was no hand-off
    for (int name = 1; name <= 10; ++name) {
        callers.start(name, 10s, 100ms);
    }
    fixture.backend->advance(100ms);
    lease.release();
    fixture.backend->advance(850ms);
    REQUIRE(callers.served.size() == 9);
    const auto began = fixture.backend->clock().now();
    try {
        static_cast<void>(fixture.typed().acquire(150ms));
        FAIL("its turn comes in 200 ms");
    } catch (const AcquireTimeout& error) {
        CHECK(error.is_transient());
        CHECK(error.evidence().refusal == AcquireRefusal::kHopeless);
        CHECK(error.evidence().expected_wait == 200ms);
        CHECK_THAT(error.what(),
                   StartsWith("pool \"cache\": refused at once, because its turn would come in "
                              "about 200 ms and it allows 150 ms: a longer timeout, shorter leases "
                              "or more connections would help (open 1 of 1, idle 0, lent 1"));
    }
    CHECK(fixture.backend->clock().now() == began);
    CHECK(fixture.typed().stats().rejected_hopeless == 1);
    CHECK_NOTHROW(fixture.typed().acquire(250ms));
}

}  // namespace
}  // namespace cistern::test
