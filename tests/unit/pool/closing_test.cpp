#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("a drained pool lends nothing, tells its waiters, and closes what is idle",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 2; })};
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    pool.acquire().release();
    {
        const auto other = pool.acquire();
        bool is_refused = false;
        fixture.backend->in_task([&] {
            try {
                static_cast<void>(pool.acquire());
            } catch (const PoolClosed&) {
                is_refused = true;
            }
        });
        fixture.backend->run();
        CHECK_FALSE(pool.drain(0s));
        fixture.backend->run();
        CHECK(is_refused);
    }
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire()),
                      "pool \"cache\" is drained or closed and lends nothing any more");
    CHECK_THROWS_AS(static_cast<void>(pool.try_acquire()), PoolClosed);
    CHECK(lease->number() == 1);
    lease.release();
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
    CHECK(pool.drain(0s));
    CHECK(pool.stats().total == 0);
}

TEST_CASE("drain waits for what is lent, as long as it is told", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    fixture.backend->in_task([&] {
        const auto lease = pool.acquire();
        fixture.backend->this_task()->park_until(fixture.backend->clock().deadline_after(3s));
    });
    fixture.backend->run();
    const auto began = fixture.backend->clock().now();
    CHECK_FALSE(pool.drain(1s));
    CHECK(fixture.backend->clock().now() == began + 1s);
    CHECK(pool.drain(10s));
    CHECK(fixture.backend->clock().now() == began + 3s);
    CHECK(fixture.script->calls == std::vector<std::string>{"close 1"});
}

TEST_CASE("a goodbye that hangs or throws holds nothing up for longer than validate_timeout",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_timeout = 1s; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.script->close = [&](int, Deadline deadline) {
        fixture.backend->this_task()->park_until(deadline);
        throw IoError{"gone"};
    };
    const auto began = fixture.backend->clock().now();
    CHECK(pool.drain(10s));
    CHECK(fixture.backend->clock().now() == began + 1s);
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("no goodbye is said to a connection that is not quiet", "[unit][pool]") {
    Fixture fixture;
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.io.wires[0]->state = StreamState::kClosedByPeer;
    pool.drain(10s);
    CHECK(fixture.script->calls.empty());
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("close waits for the pool's tasks, not for leases", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    pool.acquire().release();
    fixture.script->close = [&](int, Deadline) {
        fixture.backend->this_task()->park_until(fixture.backend->clock().deadline_after(200ms));
    };
    const auto began = fixture.backend->clock().now();
    fixture.pool->close(fixture.backend->clock().deadline_after(5s));
    CHECK(fixture.backend->clock().now() == began + 200ms);
    CHECK(fixture.script->alive == 1);
    CHECK(pool.stats().lent == 1);
}

TEST_CASE("close gives up on a connect that does not come back", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.min_idle = 1; })};
    fixture.script->connect = [&](Deadline) {
        fixture.backend->this_task()->park_until(fixture.backend->clock().deadline_after(1h));
    };
    fixture.backend->run();
    const auto began = fixture.backend->clock().now();
    fixture.pool->close(fixture.backend->clock().deadline_after(5s));
    CHECK(fixture.backend->clock().now() == began + 5s);
    fixture.pool.reset();
    fixture.backend->advance(2h);  // it comes back to a pool that only its own task still holds
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("a lease outlives its pool and its backend's end, and closes its connection itself",
          "[unit][pool]") {
    Fixture fixture;
    auto lease = fixture.typed().acquire();
    fixture.pool->close(fixture.backend->clock().deadline_after(1s));
    fixture.backend->stop(Deadline::never());
    std::weak_ptr<PoolImpl> pool = fixture.pool;
    std::weak_ptr<Backend> backend = fixture.backend;
    fixture.pool.reset();
    fixture.backend.reset();
    CHECK(lease->number() == 1);
    CHECK_FALSE(backend.expired());
    lease.release();
    CHECK(fixture.script->alive == 0);
    CHECK(fixture.script->calls.empty());
    CHECK(pool.expired());
    CHECK(backend.expired());
}

TEST_CASE("a pool let go without a word closes itself", "[unit][pool]") {
    Fixture fixture;
    auto lease = fixture.typed().acquire();
    fixture.typed().acquire().release();
    fixture.pool.reset();
    fixture.backend->run();
    CHECK(fixture.script->alive == 1);
    lease.release();
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
}

TEST_CASE("every connection that was opened is destroyed once", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 4;
        options.min_idle = 2;
        options.max_lifetime = 3s;
        options.idle_timeout = 1s;
        options.validate_after_idle = 0s;
    })};
    fixture.script->validate = [](int number, Deadline) {
        if (number % 3 == 0) {
            throw IoError{"lost"};
        }
    };
    for (int i = 0; i < 50; ++i) {
        auto lease = fixture.typed().acquire();
        fixture.backend->advance(100ms);
        i % 5 == 0 ? lease.discard() : lease.release();
    }
    fixture.pool->close(fixture.backend->clock().deadline_after(10s));
    const auto stats = fixture.pool->stats();
    CHECK(fixture.script->alive == 0);
    CHECK(stats.opened == static_cast<std::uint64_t>(fixture.script->made));
    CHECK(stats.closed == stats.opened);
    CHECK(stats.acquired == 50);
    CHECK(stats.released == 50);
}

// Asked from another thread: had the caller the lock, the answer would not come.
bool can_be_asked(const PoolImpl& pool) {
    auto answer = std::async(std::launch::async, [&] { return pool.stats().max_size; });
    const bool is_answered = answer.wait_for(10s) == std::future_status::ready;
    if (!is_answered) {
        std::abort();  // the future's destructor would wait for ever
    }
    return is_answered;
}

TEST_CASE("sp15_no_io_under_a_pool_lock: nor any other call of a plugin or an observer",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.leak_threshold = 1s;
        options.validate_after_idle = 0s;
    })};
    int asked = 0;
    const auto ask = [&] { asked += can_be_asked(*fixture.pool) ? 1 : 0; };
    fixture.observer->then = ask;
    fixture.script->needs_reset = true;
    fixture.script->connect = [&](Deadline) { ask(); };
    fixture.script->validate = [&](int, Deadline) { ask(); };
    fixture.script->reset = [&](int, Deadline) { ask(); };
    fixture.script->close = [&](int, Deadline) { ask(); };
    fixture.script->is_broken = [&](int) {
        ask();
        return false;
    };
    auto& pool = fixture.typed();
    pool.acquire().release();
    {
        const auto lease = pool.acquire();
        fixture.backend->advance(2s);
        CHECK_THROWS_AS(static_cast<void>(pool.acquire(1ms)), AcquireTimeout);
    }
    fixture.backend->run();
    pool.drain(1s);
    CHECK(asked >= 12);
    CHECK(fixture.script->calls ==
          std::vector<std::string>{"reset 1", "validate 1", "reset 1", "close 1"});
}

TEST_CASE("an observer that throws is not heard", "[unit][pool]") {
    Fixture fixture;
    fixture.observer->then = [] { throw std::runtime_error{"observer"}; };
    fixture.typed().acquire().discard();
    fixture.backend->run();
    CHECK(fixture.observer->events.size() == 2);
}

}  // namespace
}  // namespace cistern::test
