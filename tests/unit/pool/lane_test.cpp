// The express lane as callers meet it: which leases go past the lock, and what calls them back.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <exception>
#include <thread>

namespace cistern::test {
namespace {

// Whether the pool was not asked: its lock was not taken, so its clock was not read.
class ClockWatch {
public:
    explicit ClockWatch(Fixture& fixture) : backend_{*fixture.backend} { reset(); }
    void reset() { before_ = backend_.clock_reads(); }
    [[nodiscard]] bool pool_was_asked() const { return backend_.clock_reads() != before_; }

private:
    ManualBackend& backend_;
    std::uint64_t before_ = 0;
};

PoolOptions with_lane(std::uint32_t max_size = 2) {
    return Fixture::with([=](auto& options) {
        options.max_size = max_size;
        options.validate_after_idle = 500ms;
        options.reap_interval = 1s;
    });
}

TEST_CASE("while nobody waits a connection used before is lent and taken back past the lock",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    ClockWatch watch{fixture};
    for (int i = 0; i < 10; ++i) {
        const auto lease = pool.acquire();
        CHECK(lease->number() == 1);
    }
    CHECK_FALSE(watch.pool_was_asked());
    CHECK(pool.stats().acquired == 11);
    CHECK(pool.stats().released == 11);
    CHECK(pool.stats().idle == 1);
}

TEST_CASE("statistics count what is lent in the lane", "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    const auto lease = pool.acquire();
    const auto stats = pool.stats();
    CHECK(stats.lent == 1);
    CHECK(stats.idle == 0);
    CHECK(stats.total == 1);
    CHECK(stats.acquired == 2);
    CHECK(stats.released == 1);
    CHECK(stats.peak_lent == 1);
}

TEST_CASE("leases that overlap find each its own connection in the lane", "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
    }
    ClockWatch watch{fixture};
    auto held = pool.acquire();
    for (int i = 0; i < 10; ++i) {
        auto next = pool.acquire();
        CHECK(next->number() != held->number());
        held = std::move(next);
    }
    CHECK_FALSE(watch.pool_was_asked());
}

TEST_CASE("another thread finds in the lane what this one returned", "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    ClockWatch watch{fixture};
    std::thread{[&] { CHECK(pool.acquire()->number() == 1); }}.join();
    CHECK_FALSE(watch.pool_was_asked());
}

TEST_CASE("a lease of the lane that an exception leaves is closed", "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    try {
        const auto lease = pool.acquire();
        throw std::runtime_error{"the user's"};
    } catch (const std::runtime_error&) {
    }
    fixture.backend->run();
    CHECK(pool.stats().closed == 1);
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("a lease of the lane can be discarded, and is closed when the plugin calls it broken",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    pool.acquire().discard();
    fixture.backend->run();
    CHECK(pool.stats().closed == 1);

    pool.acquire().release();
    {
        const auto lease = pool.acquire();
        fixture.script->is_broken = [](int number) { return number == 2; };
    }
    fixture.backend->run();
    CHECK(pool.stats().closed_broken == 1);
    CHECK(pool.acquire()->number() == 3);
}

TEST_CASE("what was used in the lane is looked at before it is lent again", "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    pool.acquire()->use();
    pool.acquire()->use();
    const auto looks = fixture.io.wires[0]->looks;
    pool.acquire().release();
    CHECK(fixture.io.wires[0]->looks == looks + 1);
    pool.acquire().release();
    CHECK(fixture.io.wires[0]->looks == looks + 1);  // nobody used it in between

    pool.acquire()->use();
    fixture.io.wires[0]->state = StreamState::kUnread;
    CHECK(pool.acquire()->number() == 2);
    CHECK(pool.stats().closed_broken == 1);
}

TEST_CASE("somebody who waits is served before all who come later, past the lane or not",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane(1)};
    Callers callers{fixture};
    auto& pool = fixture.typed();
    pool.acquire().release();
    auto lease = pool.acquire();  // in the lane
    callers.start(1, 10s);
    callers.start(2, 10s);
    lease.release();
    CHECK_FALSE(pool.try_acquire());
    fixture.backend->run();
    CHECK(callers.served == std::vector{1, 2});
}

TEST_CASE("what stands idle in the lane serves whoever is about to wait", "[unit][pool][lane]") {
    Fixture fixture{with_lane(1)};
    auto& pool = fixture.typed();
    pool.acquire().release();
    // The lane is passed by: as if the connection had come back right after the walk.
    auto& slot = fixture.pool->acquire(0s, std::source_location::current());
    CHECK(slot.connection != nullptr);
    fixture.pool->give_back(slot, false);
    CHECK(pool.stats().idle == 1);
}

TEST_CASE("a connection unused for two sweeps has left the lane, before it needs validation",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(500ms);
    ClockWatch watch{fixture};
    CHECK(pool.acquire()->number() == 1);
    CHECK(watch.pool_was_asked());
    CHECK(fixture.script->calls.empty());

    fixture.backend->advance(2s);
    CHECK(fixture.backend->timers() == 0);  // an empty lane is not swept
    CHECK(pool.acquire()->number() == 1);
    CHECK(fixture.script->calls == std::vector<std::string>{"validate 1"});
}

TEST_CASE("a connection past its lifetime leaves the lane", "[unit][pool][lane]") {
    auto options = with_lane();
    options.max_lifetime = 1s;
    options.lifetime_jitter = 0.0;
    Fixture fixture{options};
    auto& pool = fixture.typed();
    for (int i = 0; i < 20; ++i) {
        pool.acquire().release();
        fixture.backend->advance(100ms);
    }
    CHECK(pool.stats().closed_lifetime >= 1);
    CHECK(fixture.script->made >= 2);
}

TEST_CASE("a lease of the lane that is held for too long is reported, never early",
          "[unit][pool][lane]") {
    auto options = with_lane();
    options.leak_threshold = 2s;
    Fixture fixture{options};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(100ms);
    const auto lease = pool.acquire();
    const auto line = std::source_location::current().line() - 1;
    fixture.backend->advance(1900ms);
    CHECK(fixture.observer->leaks.empty());
    fixture.backend->advance(2s);
    REQUIRE(fixture.observer->leaks.size() == 1);
    CHECK(fixture.observer->leaks[0].where.line() == line);
    CHECK(fixture.observer->leaks[0].held >= 2s);
}

TEST_CASE("holders and the evidence of a timeout name leases of the lane", "[unit][pool][lane]") {
    Fixture fixture{with_lane(1)};
    auto& pool = fixture.typed();
    pool.acquire().release();
    const auto lease = pool.acquire();
    const auto line = std::source_location::current().line() - 1;
    const auto holders = pool.holders();
    REQUIRE(holders.size() == 1);
    CHECK(holders[0].where.line() == line);
    try {
        static_cast<void>(pool.acquire(0s));
        FAIL("lent twice");
    } catch (const AcquireTimeout& timeout) {
        REQUIRE(timeout.evidence().holders.size() == 1);
        CHECK(timeout.evidence().holders[0].where.line() == line);
    }
}

TEST_CASE("a pool that is drained closes what is in the lane, and what is lent there at its end",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
    }
    auto lease = pool.acquire();
    CHECK_FALSE(pool.drain(0s));
    fixture.backend->run();
    CHECK(pool.stats().total == 1);
    lease.release();
    fixture.backend->run();
    CHECK(pool.stats().total == 0);
    CHECK(fixture.script->alive == 0);
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), PoolClosed);
}

TEST_CASE("with another order than lifo, or when the server is always asked, there is no lane",
          "[unit][pool][lane]") {
    auto options = with_lane();
    SECTION("order") {
        options.order = GENERATE(LendOrder::kFifo, LendOrder::kOldest);
    }
    SECTION("validate_after_idle") {
        options.validate_after_idle = GENERATE(0ms, 1ms);
    }
    Fixture fixture{options};
    auto& pool = fixture.typed();
    pool.acquire().release();
    ClockWatch watch{fixture};
    pool.acquire().release();
    CHECK(watch.pool_was_asked());
}

TEST_CASE("what stands idle in the lane counts as idle to spare", "[unit][pool][lane]") {
    auto options = with_lane(4);
    options.min_idle = 1;
    Fixture fixture{options};
    auto& pool = fixture.typed();
    fixture.backend->run();
    for (int i = 0; i < 20; ++i) {
        pool.acquire().release();
        fixture.backend->advance(100ms);
    }
    CHECK(pool.stats().total <= 2);  // the one lent, and one to spare while it was
}

TEST_CASE("a lease that is released early goes back to the lane, whatever is in flight",
          "[unit][pool][lane]") {
    struct ReleasesAtItsEnd {
        Lease<FakeSession> lease;
        explicit ReleasesAtItsEnd(Lease<FakeSession> own) : lease{std::move(own)} {}
        ReleasesAtItsEnd(const ReleasesAtItsEnd&) = delete;
        ReleasesAtItsEnd& operator=(const ReleasesAtItsEnd&) = delete;
        ~ReleasesAtItsEnd() { lease.release(); }
    };
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    pool.acquire().release();
    ClockWatch watch{fixture};
    pool.acquire().release();
    try {
        const ReleasesAtItsEnd user{pool.acquire()};
        throw std::runtime_error{"the user's"};
    } catch (const std::runtime_error&) {
    }
    CHECK_FALSE(watch.pool_was_asked());
    CHECK(pool.stats().idle == 1);
    CHECK(pool.stats().closed == 0);
}

TEST_CASE("a lease that has ended or was moved from holds nothing and ends nothing",
          "[unit][pool][lane]") {
    Fixture fixture{with_lane()};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    auto moved = std::move(lease);
    CHECK_FALSE(lease);
    CHECK_FALSE(lease.release());
    CHECK_FALSE(lease.discard());
    CHECK(moved);
    CHECK(moved.release());
    CHECK_FALSE(moved);
    CHECK_FALSE(moved.release());
    CHECK(pool.stats().released == 1);
}

}  // namespace
}  // namespace cistern::test
