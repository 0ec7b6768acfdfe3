// What an observer is told, one by one.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace cistern::test {
namespace {

using Events = std::vector<std::string>;

TEST_CASE("a validation that fails is observed with its reason, before the close", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 1ms; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(1s);
    SECTION("as it was thrown") {
        fixture.script->validate = [](int, Deadline) { throw IoError{"gone"}; };
        pool.acquire().release();
        CHECK(count_of(*fixture.observer, "validation failed: gone") == 1);
    }
    SECTION("what is no exception of the library") {
        fixture.script->validate = [](int, Deadline) { throw 7; };
        pool.acquire().release();
        CHECK(count_of(*fixture.observer, "validation failed: it failed without a word") == 1);
    }
    CHECK(count_of(*fixture.observer, "closed: invalid") == 1);
}

TEST_CASE("a reset that fails is observed like a validation", "[unit][pool]") {
    Fixture fixture;
    fixture.script->needs_reset = true;
    fixture.script->reset = [](int, Deadline) { throw IoError{"no"}; };
    fixture.typed().acquire().release();
    fixture.backend->run();
    CHECK(fixture.observer->events == Events{"opened", "validation failed: no", "closed: invalid"});
}

TEST_CASE("a connection that answers and is broken afterwards has failed its validation",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 1ms; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(1s);
    bool is_broken = false;
    fixture.script->validate = [&](int, Deadline) { is_broken = true; };
    fixture.script->is_broken = [&](int number) { return number == 1 && is_broken; };
    pool.acquire().release();
    CHECK(count_of(*fixture.observer,
                   "validation failed: it is broken, closed by its peer, or has something unread "
                   "afterwards") == 1);
}

TEST_CASE("pause and resume are observed once each, whoever repeats them", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    pool.pause();
    pool.pause();
    pool.resume();
    pool.resume();
    CHECK(fixture.observer->events == Events{"paused", "resumed"});
    CHECK(fixture.observer->pools.front() == "cache");
}

TEST_CASE("a new size is observed, and one that is refused is not", "[unit][pool]") {
    Fixture fixture;
    fixture.typed().resize(7, 0);
    CHECK_THROWS_AS(fixture.typed().resize(1, 2), ConfigError);
    CHECK(fixture.observer->events == Events{"resized: 7, 0"});
}

TEST_CASE("a flush is observed with what it reached", "[unit][pool]") {
    Fixture fixture;
    fixture.typed().flush();
    fixture.typed().flush(Flush::kIdle);
    fixture.typed().reconnect();
    CHECK(fixture.observer->events == Events{"flushed all", "flushed idle", "flushed all"});
}

TEST_CASE("the end of a drain is observed, and whether all came back", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    CHECK_FALSE(pool.drain(1s));
    CHECK(fixture.observer->events == Events{"opened", "drained in part"});
    lease.release();
    CHECK(pool.drain(1s));
    CHECK(fixture.observer->events.back() == "drained");
}

// An observer that threw into the pool, or was called under its lock, would end each of these.
TEST_CASE("every event is told under no lock, and what an observer throws from it is not heard",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.validate_after_idle = 1ms;
        options.leak_threshold = 1s;
        options.retry.max_attempts = 1;
    })};
    auto& pool = fixture.typed();
    fixture.observer->then = [&] {
        static_cast<void>(pool.stats());  // would wait for ever under the lock
        throw std::runtime_error{"listen to me"};
    };
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConnectError);
    fixture.script->connect = [](Deadline) {};
    auto lease = pool.acquire();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire(10ms)), AcquireTimeout);
    fixture.backend->advance(2s);
    lease.release();
    fixture.backend->advance(1s);
    fixture.script->validate = [](int number, Deadline) {
        if (number == 1) {
            throw IoError{"gone"};
        }
    };
    pool.acquire().release();
    pool.pause();
    pool.resume();
    pool.resize(2, 0);
    pool.flush();
    CHECK(pool.drain(1s));
    for (const auto* event : {"open failed: down",
                              "circuit: open",
                              "circuit: half-open",
                              "opened",
                              "circuit: closed",
                              "leak",
                              "validation failed: gone",
                              "closed: invalid",
                              "paused",
                              "resumed",
                              "resized: 2, 0",
                              "flushed all",
                              "drained"}) {
        CAPTURE(event);
        CHECK(count_of(*fixture.observer, event) >= 1);
    }
    const auto has = [&](const std::string& beginning) {
        return std::any_of(fixture.observer->events.begin(),
                           fixture.observer->events.end(),
                           [&](const auto& event) { return event.starts_with(beginning); });
    };
    CHECK(has("timeout: "));
    CHECK(has("deadlock: "));
}

}  // namespace
}  // namespace cistern::test
