// Pools that find their size by themselves: what their users and observers see of it.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

PoolOptions adaptive(AdaptiveMode mode) {
    return Fixture::with([=](auto& options) {
        options.max_size = 8;
        options.max_connecting = 8;
        options.adaptive = {.mode = mode, .min_size = 2, .interval = 100ms, .samples = 8};
    });
}

// Callers who ask again and again, of a server that does one thing at a time.
struct Load {
    explicit Load(Fixture& wanted) : fixture{wanted} {
        for (int i = 0; i < 12; ++i) {
            fixture.backend->in_task([this] { run(); });
        }
    }
    void run() {
        auto& backend = *fixture.backend;
        while (backend.clock().now() < end) {
            const auto lease = fixture.typed().acquire(10s);
            ++lent;
            backend.this_task()->park_until(backend.clock().deadline_after(lent * 1ms));
            --lent;
        }
    }

    Fixture& fixture;
    nanoseconds end = fixture.backend->clock().now() + 3s;
    int lent = 0;
};

TEST_CASE("an adaptive pool makes itself smaller, tells so, and closes what is too much",
          "[unit][pool][adaptive]") {
    Fixture fixture{adaptive(AdaptiveMode::kOn)};
    CHECK(fixture.pool->stats().proposed_size == 8);
    Load load{fixture};
    fixture.backend->advance(4s);
    const auto stats = fixture.pool->stats();
    CHECK(stats.max_size <= 4);
    CHECK(stats.proposed_size == stats.max_size);
    CHECK(stats.total <= stats.max_size);
    CHECK(count_of(*fixture.observer, "size 8 to 7") >= 1);
    CHECK(count_of(*fixture.observer, "resized: 7, 0") == 0);  // not by hand
    CHECK(fixture.script->alive == static_cast<int>(stats.total));
}

TEST_CASE("a pool that is told to report stays as it is", "[unit][pool][adaptive]") {
    Fixture fixture{adaptive(AdaptiveMode::kReport)};
    Load load{fixture};
    fixture.backend->advance(4s);
    CHECK(fixture.pool->stats().max_size == 8);
    CHECK(fixture.pool->stats().total == 8);
    CHECK(fixture.pool->stats().proposed_size >= 2);
    for (const auto& event : fixture.observer->events) {
        CHECK(event.rfind("size 8", 0) == std::string::npos);
    }
}

TEST_CASE("a pool that is not adaptive has its express lane and proposes nothing",
          "[unit][pool][adaptive]") {
    Fixture fixture;
    fixture.typed().acquire().release();
    const auto reads = fixture.backend->clock_reads();
    fixture.typed().acquire().release();
    CHECK(fixture.backend->clock_reads() == reads);
    CHECK(fixture.pool->stats().proposed_size == 0);
    Fixture other{adaptive(AdaptiveMode::kReport)};
    other.typed().acquire().release();
    other.typed().acquire().release();
    CHECK(other.pool->stats().use_time.count() == 2);  // each lease is timed
}

TEST_CASE("a resize of an adaptive pool that does not fit its bounds is refused",
          "[unit][pool][adaptive]") {
    Fixture fixture{adaptive(AdaptiveMode::kOn)};
    CHECK_THROWS_WITH(fixture.typed().resize(1, 0),
                      Catch::Contains("adaptive.min_size: is 2, more than max_size, which is 1"));
    CHECK_THROWS_WITH(fixture.typed().resize(8, 4),
                      Catch::Contains("adaptive.min_size: is 2, less than min_idle, which is 4"));
    fixture.typed().resize(4, 1);
    CHECK(fixture.pool->stats().max_size == 4);
}

}  // namespace
}  // namespace cistern::test
