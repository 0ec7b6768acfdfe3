#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("an acquire opens a connection, lends it, and lends it again after its return",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    {
        const auto lease = pool.acquire();
        CHECK(lease->number() == 1);
        CHECK(pool.stats().lent == 1);
    }
    CHECK(pool.stats().idle == 1);
    CHECK(pool.acquire()->number() == 1);
    CHECK(fixture.script->connects == 1);
    CHECK(pool.stats().reuse() == 2.0);
}

TEST_CASE("a borrower never connects: with nothing to run the pool's tasks, nothing is opened",
          "[unit][pool]") {
    Fixture fixture;
    CHECK_FALSE(fixture.typed().try_acquire());
    CHECK_THROWS_AS(static_cast<void>(fixture.typed().acquire(0s)), AcquireTimeout);
    CHECK(fixture.script->connects == 0);
    CHECK(fixture.backend->spawned() == 0);
}

TEST_CASE("try_acquire and a timeout of zero take what is idle and never wait", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    pool.acquire().release();
    {
        const auto lease = pool.try_acquire();
        REQUIRE(lease);
        CHECK_FALSE(pool.try_acquire());
    }
    CHECK(pool.acquire(0s)->number() == 1);
    CHECK(pool.stats().timeouts == 0);
}

TEST_CASE("release and discard end a lease early, once", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    CHECK(lease);
    CHECK(lease.release());
    CHECK_FALSE(lease);
    CHECK_FALSE(lease.release());
    CHECK_FALSE(lease.discard());
    CHECK(pool.stats().released == 1);

    CHECK(pool.acquire().discard());
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
    CHECK(fixture.observer->events.back() == "closed: discarded");
    CHECK(pool.stats().total == 0);
}

TEST_CASE("a lease moved on is ended by its last holder only", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    auto first = pool.acquire();
    auto second = std::move(first);
    CHECK_FALSE(first);  // NOLINT: what moved-from says is the promise
    CHECK(second->number() == 1);
    {
        auto third = pool.acquire();
        third = std::move(second);  // ends its own lease first
        CHECK(pool.stats().lent == 1);
        CHECK(third->number() == 1);
    }
    CHECK(pool.stats().lent == 0);
    CHECK(pool.stats().idle == 2);
}

TEST_CASE("sp07_user_exception_propagates_and_discards", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    const auto use = [&] {
        const auto lease = pool.acquire();
        throw std::runtime_error{"the user's own"};
    };
    CHECK_THROWS_WITH(use(), "the user's own");
    fixture.backend->run();
    CHECK(fixture.script->alive == 0);
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("a lease that ends while an older exception is in flight keeps its connection",
          "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    struct Cleanup {
        Pool<FakeSession>& pool;
        ~Cleanup() { pool.acquire().release(); }
    };
    try {
        const Cleanup cleanup{pool};
        throw std::runtime_error{"older"};
    } catch (const std::runtime_error&) {
    }
    fixture.backend->run();
    CHECK(pool.stats().idle == 1);
}

TEST_CASE("what a plugin calls broken is closed, and a waiter gets another one", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 1; })};
    fixture.script->is_broken = [](int number) { return number == 1; };
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    int got = 0;
    fixture.backend->in_task([&] { got = pool.acquire()->number(); });
    fixture.backend->run();
    lease.release();
    fixture.backend->run();
    CHECK(got == 2);
    CHECK(pool.stats().closed_broken == 1);
}

TEST_CASE("a connection whose stream was used and is not quiet is never lent again",
          "[unit][pool]") {
    const auto state = GENERATE(StreamState::kUnread,
                                StreamState::kAwaitingReply,
                                StreamState::kClosedByPeer,
                                StreamState::kFailed);
    Fixture fixture;
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    lease->use();
    fixture.io.wires[0]->state = state;
    lease.release();
    fixture.backend->run();
    CHECK(pool.stats().closed_broken == 1);
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("a lease that used no stream costs no look at its end", "[unit][pool]") {
    Fixture fixture;
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    auto before = fixture.io.wires[0]->looks;
    lease.release();
    CHECK(fixture.io.wires[0]->looks == before);
    lease = pool.acquire();
    lease->use();
    before = fixture.io.wires[0]->looks;
    lease.release();
    CHECK(fixture.io.wires[0]->looks == before + 1);
}

TEST_CASE("sp09_fin_or_unread_bytes_mean_dead", "[unit][pool]") {
    const auto state =
        GENERATE(StreamState::kClosedByPeer, StreamState::kUnread, StreamState::kFailed);
    Fixture fixture;
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
        first->use();
        second->use();
    }
    REQUIRE(pool.stats().idle == 2);
    for (const auto& wire : fixture.io.wires) {
        wire->state = state;
    }
    CHECK(pool.acquire()->number() == 3);
    CHECK(pool.stats().closed_broken == 2);
    CHECK(pool.stats().acquired == 3);
    CHECK(pool.stats().released == 3);
}

TEST_CASE("try_acquire passes over dead connections to one that lives", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 3; })};
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
        const auto third = pool.acquire();
        first->use();
        second->use();
    }
    fixture.io.wires[0]->state = StreamState::kClosedByPeer;
    fixture.io.wires[1]->state = StreamState::kClosedByPeer;
    auto lease = pool.try_acquire();
    REQUIRE(lease);
    CHECK((*lease)->number() == 3);
    CHECK_FALSE(pool.try_acquire());
}

TEST_CASE("a stream that the plugin has closed itself is not asked about", "[unit][pool]") {
    FakeIo io;
    std::atomic<bool> is_used{false};
    WatchedIo watched{io, is_used};
    auto first = watched.connect_tcp({"host", "1"}, Deadline::never());
    auto second = watched.connect_unix("/run/x", Deadline::never());
    auto third = watched.connect_tcp({"host", "1"}, Deadline::never());
    CHECK(watched.is_quiet());
    io.wires[1]->state = StreamState::kFailed;
    CHECK_FALSE(watched.is_quiet());
    second.reset();
    CHECK(watched.is_quiet());
    CHECK_FALSE(is_used);
    char byte = 0;
    third->read_some(&byte, 1, Deadline::never());
    CHECK(is_used);
    first.reset();
    third.reset();
    CHECK(watched.is_quiet());
}

TEST_CASE(
    "a connection that lacks the session asked for is a configuration error that names all three",
    "[unit][pool]") {
    Fixture fixture;
    auto& pool = detail::typed<OtherSession>(*fixture.pool);
    CHECK_THROWS_AS(static_cast<void>(pool.acquire()), ConfigError);
    CHECK_THROWS_WITH(static_cast<void>(pool.acquire()),
                      "pool \"cache\": connections of its plugin \"fake\" do not offer "
                      "cistern::test::OtherSession");
    CHECK(pool.stats().lent == 0);
    CHECK(pool.stats().idle == 1);
    CHECK(fixture.script->connects == 1);
}

TEST_CASE("a plugin that says what it offers is believed before the first connect",
          "[unit][pool]") {
    Fixture fixture;
    fixture.script->session_type = &typeid(FakeSession);
    CHECK_THROWS_WITH(detail::typed<OtherSession>(*fixture.pool),
                      "pool \"cache\": its plugin \"fake\" offers cistern::test::FakeSession, not "
                      "cistern::test::OtherSession");
    CHECK(&fixture.typed() == &fixture.typed());
}

TEST_CASE("the first session interface counts, and another one is refused", "[unit][pool]") {
    Fixture fixture;
    static_cast<void>(fixture.typed());
    CHECK_THROWS_WITH(
        detail::typed<OtherSession>(*fixture.pool),
        "pool \"cache\" is used with cistern::test::FakeSession already and cannot be used "
        "with cistern::test::OtherSession as well");
}

TEST_CASE("any pool can be used with plain connections", "[unit][pool]") {
    Fixture fixture;
    fixture.script->session_type = &typeid(FakeSession);
    auto lease = detail::typed<Connection>(*fixture.pool).acquire();
    lease->validate(fixture.backend->clock().deadline_after(1s));
    CHECK(fixture.script->calls == std::vector<std::string>{"validate 1"});
}

TEST_CASE("a connection that was opened before the session was known is cast when it is lent",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.min_idle = 1; })};
    fixture.backend->run();
    CHECK(fixture.pool->stats().idle == 1);
    CHECK(fixture.typed().acquire()->number() == 1);
}

TEST_CASE("a connection that dies between its greeting and its first use is not lent",
          "[unit][pool]") {
    Fixture fixture;
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    fixture.io.next_state = StreamState::kClosedByPeer;
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("what a server says before it is asked belongs to the first user", "[unit][pool]") {
    Fixture fixture;
    fixture.script->opens_stream = true;
    fixture.io.next_state = StreamState::kUnread;
    auto& pool = fixture.typed();
    auto lease = pool.acquire();
    CHECK(lease->number() == 1);
    lease->use();
    lease.release();  // without having read it
    CHECK(pool.acquire()->number() == 2);
}

}  // namespace
}  // namespace cistern::test
