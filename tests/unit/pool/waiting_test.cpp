#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace cistern::test {
namespace {

using Catch::Contains;
using Catch::Matchers::StartsWith;

PoolOptions one_connection() {
    return Fixture::with([](auto& options) { options.max_size = 1; });
}

TEST_CASE("sp01_lent_connections_count_against_the_cap: the next one times out at its deadline",
          "[unit][pool]") {
    Fixture fixture{one_connection()};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire(250ms)), AcquireTimeout);
    CHECK(fixture.backend->clock().now() == began + 250ms);
    CHECK(fixture.script->connects == 1);
    CHECK(pool.stats().timeouts == 1);
    CHECK(pool.stats().waiting == 0);
}

TEST_CASE("an acquire without a timeout waits for acquire_timeout", "[unit][pool]") {
    Fixture fixture{one_connection()};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), AcquireTimeout);
    CHECK(fixture.backend->clock().now() == began + 10s);
}

TEST_CASE("callers are served in the order they came", "[unit][pool]") {
    Fixture fixture{one_connection()};
    Callers callers{fixture};
    auto lease = fixture.typed().acquire();
    for (int name = 1; name <= 4; ++name) {
        callers.start(name, 1s, 1ms);
    }
    lease.release();
    callers.start(5, 1s, 1ms);
    fixture.backend->advance(1s);
    CHECK(callers.served == std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("a caller whose deadline passes leaves the queue to the others", "[unit][pool]") {
    Fixture fixture{one_connection()};
    Callers callers{fixture};
    auto lease = fixture.typed().acquire();
    callers.start(1, 10ms);
    callers.start(2, 1s);
    fixture.backend->advance(20ms);
    CHECK(callers.failed.size() == 1);
    lease.release();
    fixture.backend->run();
    CHECK(callers.served == std::vector{2});
}

TEST_CASE("a waiter takes whichever comes first, a returned connection or a new one",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    fixture.script->connect = [&](Deadline) {
        fixture.backend->this_task()->park_until(fixture.backend->clock().deadline_after(3s));
    };
    Callers callers{fixture};
    callers.start(1, 5s, 10s);
    CHECK(pool.stats().connecting == 1);
    lease.release();
    fixture.backend->run();
    CHECK(callers.served == std::vector{1});
    callers.start(2, 5s, 10s);
    fixture.backend->advance(3s);
    CHECK(callers.served == std::vector{1, 2});
    CHECK(fixture.script->connects == 2);  // the second caller took the first one's
}

TEST_CASE("a time-out tells what the pool was doing", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 2;
        options.retry.max_attempts = 100;
    })};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    const auto line = std::to_string(__LINE__ - 1);
    fixture.script->connect = [](Deadline) { throw ConnectError{"10.0.0.1:6379 refused"}; };
    fixture.backend->set_random(0.5);
    std::optional<AcquireEvidence> evidence;
    std::string text;
    try {
        static_cast<void>(pool.acquire(4s));
    } catch (const AcquireTimeout& error) {
        text = error.what();
        evidence = error.evidence();
        CHECK(error.is_transient());
        CHECK(std::string{error.where().file_name()} == __FILE__);
    }
    CHECK_THAT(text,
               StartsWith("pool \"cache\": no connection within 4 s (open 1 of 2, idle 0, lent 1, "
                          "connecting 0, waiting 1); last connect error: 10.0.0.1:6379 refused, "));
    CHECK_THAT(text, Contains(" ago; oldest holders: waiting_test.cpp:" + line + " for 4 s"));
    CHECK(fixture.observer->events.back() == "timeout: " + text);
    REQUIRE(evidence);
    CHECK(evidence->pool == "cache");
    CHECK(evidence->waited == 4s);
    CHECK(evidence->stats.lent == 1);
    CHECK(evidence->stats.waiting == 1);
    REQUIRE(evidence->holders.size() == 1);
    CHECK(evidence->holders[0].held == 4s);
    REQUIRE(evidence->stats.last_connect_failure);
    CHECK(evidence->stats.last_connect_failure->what == "10.0.0.1:6379 refused");
}

TEST_CASE("evidence names the three oldest holders", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 4; })};
    auto& pool = fixture.typed();
    std::vector<Lease<FakeSession>> leases;
    for (int i = 0; i < 4; ++i) {
        leases.push_back(pool.acquire());
        fixture.backend->advance(1s);
    }
    try {
        static_cast<void>(pool.acquire(0s));
        FAIL("nothing was idle");
    } catch (const AcquireTimeout& error) {
        REQUIRE(error.evidence().holders.size() == 3);
        CHECK(error.evidence().holders[0].held == 4s);
        CHECK(error.evidence().holders[2].held == 2s);
        CHECK_THAT(error.what(),
                   StartsWith("pool \"cache\": no connection within 0 ms (open 4 of 4"));
    }
    CHECK(pool.holders().size() == 4);
}

TEST_CASE("beyond max_waiters a caller is refused at once and told so", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.max_waiters = 1;
    })};
    auto& pool = fixture.typed();
    const auto lease = pool.acquire();
    Callers callers{fixture};
    callers.start(1, 5s);
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire(5s)),
                      StartsWith("pool \"cache\": refused at once, because as many callers wait as "
                                 "max_waiters allows (open 1 of 1, idle 0, lent 1"));
    CHECK(fixture.backend->clock().now() == began);
    CHECK(pool.stats().rejected == 1);
}

// psycopg#1345: cancellation swallowed because a connection arrived in the same window
TEST_CASE("a caller that is cancelled while it waits gives back what it was granted",
          "[unit][pool]") {
    struct Interrupted {};
    struct InterruptedParker final : Parker {
        std::function<void()> before;
        bool park_until(Deadline) override {
            before();
            throw Interrupted{};
        }
        void unpark() noexcept override {}
    };
    struct InterruptingBackend final : Backend {
        explicit InterruptingBackend(ManualBackend& wanted) : inner{wanted} {}
        std::string_view name() const noexcept override { return "interrupting"; }
        const Clock& clock() const noexcept override { return inner.clock(); }
        IoContext& io() noexcept override { return inner.io(); }
        std::shared_ptr<Parker> this_task() override { return parker; }
        void spawn(std::function<void()> task) override { inner.spawn(std::move(task)); }
        void call_at(Deadline at, std::function<void()> task) override {
            inner.call_at(at, std::move(task));
        }
        double random() noexcept override { return inner.random(); }
        bool stop(Deadline deadline) override { return inner.stop(deadline); }

        ManualBackend& inner;
        std::shared_ptr<InterruptedParker> parker = std::make_shared<InterruptedParker>();
    };
    FakeIo io;
    ManualBackend manual{&io};
    const auto backend = std::make_shared<InterruptingBackend>(manual);
    const auto script = std::make_shared<Script>();
    const auto pool = make_pool({.name = "cache",
                                 .plugin = "fake",
                                 .options = one_connection(),
                                 .connector = std::make_unique<FakeConnector>(script),
                                 .config = {},
                                 .backend = backend});
    auto& typed = detail::typed<FakeSession>(*pool);

    const bool is_granted_first = GENERATE(false, true);
    backend->parker->before = [&] {
        if (is_granted_first) {
            manual.run();
        }
    };
    CHECK_THROWS_AS(static_cast<void>(typed.acquire()), Interrupted);
    CHECK(typed.stats().waiting == 0);
    manual.run();
    CHECK(typed.stats().lent == 0);
    CHECK(typed.stats().idle == 1);
    CHECK(typed.stats().acquired == 0);
    CHECK(typed.acquire(0s)->number() == 1);
}

TEST_CASE("a caller handed a dead connection keeps its place and its deadline", "[unit][pool]") {
    Fixture fixture{one_connection()};
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    pool.acquire()->use();
    fixture.io.wires[0]->state = StreamState::kClosedByPeer;
    fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire(20ms)), AcquireTimeout);
    CHECK(fixture.backend->clock().now() == began + 20ms);
}

TEST_CASE("sp14_wall_clock_jump_changes_nothing: only the backend's clock counts", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_lifetime = 1h;
        options.lifetime_jitter = 0.0;
        options.idle_timeout = 1h;
    })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(59min);
    CHECK(pool.stats().idle == 1);
    CHECK(pool.stats().timeouts == 0);
}

TEST_CASE("with a bypass window a woken caller looks for what is idle by itself", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.bypass_window = 50us;
    })};
    Callers callers{fixture};
    auto lease = fixture.typed().acquire();
    callers.start(1, 1s);
    callers.start(2, 1s);
    lease.release();
    auto newcomer = fixture.typed().try_acquire();
    CHECK(newcomer);  // before the first one woke up
    fixture.backend->run();
    CHECK(callers.served.empty());
    newcomer.reset();
    fixture.backend->run();
    CHECK(callers.served == std::vector{1, 2});
}

}  // namespace
}  // namespace cistern::test
