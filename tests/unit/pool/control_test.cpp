// What may be changed while a pool runs, and what callers may change their minds about.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <stop_token>
#include <vector>

namespace cistern::test {
namespace {

using Catch::Contains;

PoolOptions of_size(std::uint32_t max_size) {
    return Fixture::with([=](auto& options) { options.max_size = max_size; });
}

TEST_CASE("a paused pool lends nothing and opens nothing; whoever waits is served on resume",
          "[unit][pool]") {
    Fixture fixture{of_size(2)};
    Callers callers{fixture};
    auto& pool = fixture.typed();
    pool.acquire().release();
    pool.pause();
    CHECK(pool.stats().is_paused);
    CHECK_FALSE(pool.try_acquire());
    callers.start(1, 10s);
    callers.start(2, 10s);
    fixture.backend->advance(1s);
    CHECK(callers.served.empty());
    CHECK(fixture.script->connects == 1);
    pool.resume();
    fixture.backend->run();
    CHECK(callers.served == std::vector{1, 2});
    CHECK_FALSE(pool.stats().is_paused);
}

TEST_CASE("a caller that times out while the pool is paused is told so", "[unit][pool]") {
    Fixture fixture{of_size(1)};
    auto& pool = fixture.typed();
    pool.acquire().release();
    pool.pause();
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire(20ms)), Contains("(paused, open 1 of 1"));
}

TEST_CASE("what is lent when the pool is paused comes back to wait for resume", "[unit][pool]") {
    Fixture fixture{of_size(1)};
    Callers callers{fixture};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    callers.start(1, 10s);
    pool.pause();
    lease.release();
    fixture.backend->run();
    CHECK(callers.served.empty());
    pool.resume();
    fixture.backend->run();
    CHECK(callers.served == std::vector{1});
}

TEST_CASE("flush closes what is idle at once, and what is lent as it comes back", "[unit][pool]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    auto held = pool.acquire();
    pool.acquire().release();
    pool.flush();
    fixture.backend->run();
    CHECK(count_of(*fixture.observer, "closed: flushed") == 1);
    held.release();
    fixture.backend->run();
    CHECK(count_of(*fixture.observer, "closed: flushed") == 2);
    CHECK(pool.acquire()->number() == 3);
}

TEST_CASE("flush of what is idle leaves alone what is lent", "[unit][pool]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    auto held = pool.acquire();
    pool.acquire().release();
    pool.flush(Flush::kIdle);
    fixture.backend->run();
    held.release();
    CHECK(count_of(*fixture.observer, "closed: flushed") == 1);
    CHECK(pool.acquire()->number() == 1);
}

TEST_CASE("flush reaches what is in the express lane, idle or lent", "[unit][pool][lane]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
    }
    auto lent = pool.acquire();  // in the lane; the other one stands idle there
    pool.flush();
    lent.release();
    fixture.backend->run();
    CHECK(count_of(*fixture.observer, "closed: flushed") == 2);
}

TEST_CASE("reconnect tries an endpoint that has just failed without waiting for its back-off",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.retry.initial_delay = 1min;
        options.retry.max_delay = 1min;
    })};
    Callers callers{fixture};
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    callers.start(1, 10s);
    CHECK(fixture.script->connects == 1);
    fixture.script->connect = [](Deadline) {};
    fixture.typed().reconnect();
    fixture.backend->run();
    CHECK(callers.served == std::vector{1});
}

TEST_CASE("a pool that grows serves who waits, beyond the size it was made with", "[unit][pool]") {
    Fixture fixture{of_size(1)};
    Callers callers{fixture};
    auto& pool = fixture.typed();
    const auto held = pool.acquire();
    callers.start(1, 10s);
    CHECK(callers.served.empty());
    pool.resize(3, 0);
    fixture.backend->run();
    CHECK(callers.served == std::vector{1});
    CHECK(pool.stats().max_size == 3);
    std::vector<Lease<FakeSession>> leases;
    leases.push_back(pool.acquire());
    leases.push_back(pool.acquire());
    CHECK_THROWS_AS(static_cast<void>(pool.acquire(0s)), AcquireTimeout);
}

TEST_CASE("a pool that shrinks sheds what is idle now and what is lent as it comes back",
          "[unit][pool]") {
    Fixture fixture{of_size(3)};
    auto& pool = fixture.typed();
    {
        auto first = pool.acquire();
        auto second = pool.acquire();
        pool.acquire().release();
        pool.resize(1, 0);
        fixture.backend->run();
        CHECK(pool.stats().total == 2);
    }
    fixture.backend->run();
    CHECK(pool.stats().total == 1);
    CHECK(count_of(*fixture.observer, "closed: surplus") == 2);
}

TEST_CASE("after a resize warm_up waits for the new min_idle", "[unit][pool]") {
    Fixture fixture{of_size(1)};
    auto& pool = fixture.typed();
    pool.resize(4, 3);
    pool.warm_up(1s);
    CHECK(pool.stats().idle == 3);
    pool.pause();
    pool.resize(4, 4);
    CHECK_THROWS_WITH(pool.warm_up(1s), Contains("min_idle is 4"));
}

TEST_CASE("a size that does not fit is refused and changes nothing", "[unit][pool]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    CHECK_THROWS_WITH(pool.resize(0, 0), Contains("cannot be resized") && Contains("max_size"));
    CHECK_THROWS_WITH(pool.resize(2, 3), Contains("min_idle"));
    CHECK(pool.stats().max_size == 2);
}

TEST_CASE("a caller whose stop is requested leaves the queue at once, and others are served",
          "[unit][pool]") {
    Fixture fixture{of_size(1)};
    Callers callers{fixture};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    std::stop_source source;
    std::optional<std::string> outcome;
    fixture.backend->in_task([&] {
        try {
            static_cast<void>(pool.acquire(10s, source.get_token()));
        } catch (const Cancelled& cancelled) {
            outcome = cancelled.what();
        }
    });
    fixture.backend->run();
    callers.start(2, 10s);
    CHECK_FALSE(outcome);
    source.request_stop();
    fixture.backend->run();
    CHECK(outcome == "pool \"cache\": the wait for a connection was cancelled");
    CHECK(pool.stats().timeouts == 0);
    CHECK(pool.stats().waiting == 1);
    lease.release();
    fixture.backend->run();
    CHECK(callers.served == std::vector{2});
}

TEST_CASE("a stop that comes after the grant leaves the caller its connection", "[unit][pool]") {
    Fixture fixture{of_size(1)};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    std::stop_source source;
    bool is_served = false;
    fixture.backend->in_task([&] {
        const auto own = pool.acquire(10s, source.get_token());
        is_served = true;
    });
    fixture.backend->run();
    lease.release();
    source.request_stop();
    fixture.backend->run();
    CHECK(is_served);
    CHECK(pool.stats().idle == 1);
}

TEST_CASE("tasks that hold all connections and each want another are reported at once",
          "[unit][pool]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    std::vector<std::string> failures;
    const auto nested = [&] {
        const auto outer = pool.acquire();
        fixture.backend->this_task()->park_until(fixture.backend->clock().deadline_after(1ms));
        try {
            static_cast<void>(pool.acquire(5s));
        } catch (const AcquireTimeout& timeout) {
            failures.emplace_back(timeout.what());
            CHECK(timeout.evidence().own_leases == 1);
        }
    };
    fixture.backend->in_task(nested);
    fixture.backend->in_task(nested);
    fixture.backend->advance(2ms);
    const auto reports = [&] {
        return std::count_if(fixture.observer->events.begin(),
                             fixture.observer->events.end(),
                             [](const auto& event) { return event.rfind("deadlock", 0) == 0; });
    };
    CHECK(reports() == 1);  // five seconds before the timeout
    fixture.backend->advance(10s);
    REQUIRE(failures.size() >= 1);
    CHECK_THAT(failures[0], Contains("every connection is held by a task that waits"));
}

TEST_CASE("a task that waits while it holds one is no deadlock as long as others may return theirs",
          "[unit][pool]") {
    Fixture fixture{of_size(2)};
    auto& pool = fixture.typed();
    auto other = pool.acquire();
    std::string failure;
    fixture.backend->in_task([&] {
        const auto outer = pool.acquire();
        try {
            static_cast<void>(pool.acquire(5s));
        } catch (const AcquireTimeout& timeout) {
            failure = timeout.what();
        }
    });
    fixture.backend->advance(10s);
    CHECK_THAT(failure, Contains("this task holds 1 of them itself"));
    CHECK(std::none_of(fixture.observer->events.begin(),
                       fixture.observer->events.end(),
                       [](const auto& event) { return event.rfind("deadlock", 0) == 0; }));
}

}  // namespace
}  // namespace cistern::test
