// Urgent callers, and what is kept for them.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

namespace cistern::test {
namespace {

using Catch::Matchers::Contains;

PoolOptions reserving(std::uint32_t max_size, std::uint32_t high) {
    return Fixture::with([=](auto& options) {
        options.max_size = max_size;
        options.reserve.high = high;
    });
}

TEST_CASE("urgent callers are served before others who wait", "[unit][pool]") {
    Fixture fixture{reserving(1, 0)};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    std::string served;
    const auto start = [&](char name, Priority priority) {
        fixture.backend->in_task([&, name, priority] {
            const auto mine = pool.acquire({.timeout = 1s, .priority = priority});
            served += name;
        });
        fixture.backend->run();
    };
    start('e', Priority::kLow);
    start('c', Priority::kNormal);
    start('a', Priority::kHigh);
    start('d', Priority::kNormal);
    start('b', Priority::kHigh);
    lease.release();
    fixture.backend->run();
    CHECK(served == "abcde");
}

TEST_CASE("a reserve keeps a connection for urgent callers, and a time-out of others says so",
          "[unit][pool]") {
    Fixture fixture{reserving(2, 1)};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    static_cast<void>(pool.acquire({.priority = Priority::kHigh}));  // and back: it stays idle
    try {
        static_cast<void>(pool.acquire(20ms));
        FAIL("what is idle is reserved");
    } catch (const AcquireTimeout& error) {
        CHECK(error.evidence().stats.held_back == 1);
        CHECK_THAT(error.what(),
                   Contains("idle 1, lent 1, connecting 0, waiting 1, held back by a reserve 1)"));
    }
    const auto began = fixture.backend->clock().now();
    const auto urgent = pool.acquire({.timeout = 1s, .priority = Priority::kHigh});
    CHECK(fixture.backend->clock().now() == began);
}

TEST_CASE("a pool with a reserve lends nothing past it, however often connections came and went",
          "[unit][pool][lane]") {
    Fixture fixture{reserving(2, 1)};
    auto& pool = fixture.typed();
    for (int round = 0; round < 3; ++round) {
        const auto urgent = pool.acquire({.priority = Priority::kHigh});
        const auto normal = pool.acquire();
    }
    CHECK(pool.stats().idle == 2);
    const auto lease = pool.try_acquire();
    CHECK(lease);
    CHECK_FALSE(pool.try_acquire());
}

TEST_CASE("an acquire by options without a timeout waits for acquire_timeout, or its stop",
          "[unit][pool]") {
    Fixture fixture{reserving(1, 0)};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire({.priority = Priority::kLow})), AcquireTimeout);
    CHECK(fixture.backend->clock().now() == began + 10s);
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire({.stop = stop.get_token()})), Cancelled);
}

TEST_CASE("a resize that leaves nothing beside the reserve is refused", "[unit][pool]") {
    Fixture fixture{reserving(3, 2)};
    CHECK_THROWS_WITH(fixture.typed().resize(2, 0),
                      Contains("reserve.high: with 2 connections reserved, and a max_size of 2, "
                               "nothing is left for less urgent callers"));
}

}  // namespace
}  // namespace cistern::test
