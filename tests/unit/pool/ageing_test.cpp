#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace cistern::test {
namespace {

TEST_CASE("an idle connection is closed politely at the end of its lifetime", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_lifetime = 10s;
        options.lifetime_jitter = 0.0;
    })};
    fixture.typed().acquire().release();
    fixture.backend->advance(9s);
    CHECK(fixture.script->alive == 1);
    fixture.backend->advance(1s);
    CHECK(fixture.script->alive == 0);
    CHECK(fixture.script->calls == std::vector<std::string>{"close 1"});
    CHECK(fixture.observer->events.back() == "closed: lifetime");
    CHECK(fixture.pool->stats().closed_lifetime == 1);
}

TEST_CASE("lifetimes are shortened by the backend's chance", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_lifetime = 100s;
        options.lifetime_jitter = 0.1;
    })};
    fixture.backend->set_random(0.5);
    fixture.typed().acquire().release();
    fixture.backend->advance(94s);
    CHECK(fixture.script->alive == 1);
    fixture.backend->advance(1s);
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("a lent connection past its lifetime is closed when it comes back", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_lifetime = 10s; })};
    auto lease = fixture.typed().acquire();
    fixture.backend->advance(1min);
    CHECK(lease->number() == 1);
    lease.release();
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("idle connections are closed after idle_timeout, down to min_idle", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 3;
        options.min_idle = 1;
        options.idle_timeout = 10s;
    })};
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
        const auto third = pool.acquire();
    }
    CHECK(pool.stats().idle == 3);
    fixture.backend->advance(1min);
    CHECK(pool.stats().idle == 1);
    CHECK(pool.stats().closed_idle == 2);
    CHECK(fixture.script->made == 3);
    CHECK(count_of(*fixture.observer, "closed: idle") == 2);
}

TEST_CASE("nothing due sets no timer, and one due thing sets one", "[unit][pool]") {
    const auto without_lane = [](auto& options) { options.order = LendOrder::kFifo; };
    Fixture fixture{Fixture::with(without_lane)};
    fixture.typed().acquire().release();
    CHECK(fixture.backend->timers() == 0);

    fixture.make(Fixture::with([&](auto& options) {
        without_lane(options);
        options.idle_timeout = 10s;
    }));
    fixture.typed().acquire().release();
    CHECK(fixture.backend->timers() == 1);
}

TEST_CASE("reap_interval bounds how late ageing is noticed, and saves timers within it",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.idle_timeout = 10s;
        options.reap_interval = 1s;
    })};
    auto& pool = fixture.typed();
    for (int i = 0; i < 100; ++i) {
        pool.acquire().release();
        fixture.backend->advance(1ms);
    }
    CHECK(fixture.backend->timers() == 1);
    fixture.backend->advance(11s);
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("an outage leaves no heap of timers behind", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.min_idle = 2;
        options.idle_timeout = 10min;
        options.max_lifetime = 30min;
    })};
    fixture.typed().acquire().release();
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    fixture.typed().acquire().discard();
    fixture.backend->advance(1min);
    CHECK(fixture.script->connects > 50);
    CHECK(fixture.backend->timers() <= 2);
}

TEST_CASE("sp05_reaper_obeys_cap_and_lock", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 3;
        options.min_idle = 3;
        options.max_lifetime = 1s;
        options.idle_timeout = 500ms;
        options.lifetime_jitter = 0.3;
    })};
    std::uint32_t largest = 0;
    for (int i = 0; i < 100; ++i) {
        fixture.backend->advance(70ms);
        largest = std::max(largest, fixture.pool->stats().total);
    }
    CHECK(largest == 3);
    CHECK(fixture.pool->stats().closed_lifetime > 10);
}

TEST_CASE("sp12_pool_without_reaper_is_destroyed_cleanly", "[unit][pool]") {
    Fixture fixture;
    fixture.typed().acquire().release();
    fixture.pool.reset();
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("idle connections are kept alive in the background", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.keepalive_interval = 30s; })};
    fixture.typed().acquire().release();
    fixture.backend->advance(95s);
    CHECK(fixture.script->calls ==
          std::vector<std::string>{"validate 1", "validate 1", "validate 1"});
    CHECK(fixture.pool->stats().validations == 3);
    CHECK(fixture.pool->stats().idle == 1);
}

TEST_CASE("sp13_pool_tasks_restart_after_a_throw: a connector that throws does not stop the reaper",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.min_idle = 1;
        options.keepalive_interval = 10s;
    })};
    fixture.backend->run();
    fixture.script->validate = [](int, Deadline) { throw std::runtime_error{"no"}; };
    fixture.script->connect = [](Deadline) { throw std::runtime_error{"no"}; };
    fixture.backend->advance(1min);
    fixture.script->validate = [](int, Deadline) {};
    fixture.script->connect = [](Deadline) {};
    fixture.backend->advance(1min);
    CHECK(fixture.pool->stats().idle == 1);
    CHECK(fixture.pool->stats().validations > 3);
}

TEST_CASE("a lease held past leak_threshold is reported once, with its place", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.leak_threshold = 5s; })};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    const auto line = __LINE__ - 1;
    fixture.backend->advance(4s);
    CHECK(fixture.observer->leaks.empty());
    fixture.backend->advance(1min);
    REQUIRE(fixture.observer->leaks.size() == 1);
    CHECK(fixture.observer->leaks[0].held == 5s);
    CHECK(fixture.observer->leaks[0].where.line() == line);
    CHECK(std::string{fixture.observer->leaks[0].where.file_name()} == __FILE__);
    CHECK(pool.stats().leaks_reported == 1);
}

TEST_CASE("leases that end in time are no leaks", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.leak_threshold = 5s; })};
    for (int i = 0; i < 10; ++i) {
        const auto lease = fixture.typed().acquire();
        fixture.backend->advance(4s);
    }
    fixture.backend->advance(1min);
    CHECK(fixture.observer->leaks.empty());
}

}  // namespace
}  // namespace cistern::test
