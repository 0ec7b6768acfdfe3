#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using Calls = std::vector<std::string>;

TEST_CASE("what was idle for longer than validate_after_idle is validated before it is lent",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 500ms; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.backend->advance(400ms);
    pool.acquire().release();
    CHECK(fixture.script->calls.empty());
    fixture.backend->advance(501ms);
    CHECK(pool.acquire()->number() == 1);
    CHECK(fixture.script->calls == Calls{"validate 1"});
}

TEST_CASE("a validation is given validate_timeout as its deadline", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.validate_after_idle = 0s;
        options.validate_timeout = 2s;
    })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    nanoseconds deadline{};
    fixture.script->validate = [&](int, Deadline given) { deadline = given.since_clock_epoch(); };
    pool.acquire().release();
    CHECK(deadline == fixture.backend->clock().now() + 2s);
}

TEST_CASE("a connection that fails validation is closed unpolitely, and its place used again",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 1;
        options.validate_after_idle = 0s;
    })};
    fixture.script->validate = [](int number, Deadline) {
        if (number == 1) {
            throw IoError{"reset by peer"};
        }
    };
    auto& pool = fixture.typed();
    pool.acquire().release();
    CHECK(pool.acquire()->number() == 2);
    CHECK(fixture.script->calls == Calls{"validate 1"});
    CHECK(pool.stats().closed_invalid == 1);
}

TEST_CASE("a validation that leaves the stream unquiet has failed", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 0s; })};
    fixture.script->opens_stream = true;
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.io.wires[0]->state = StreamState::kUnread;
    CHECK(pool.acquire()->number() == 2);
}

// "a re-queued waiter gets a fresh timeout" elsewhere
TEST_CASE("a caller's deadline holds while connections are validated for it", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 0s; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    fixture.script->validate = [&](int, Deadline deadline) {
        fixture.backend->this_task()->park_until(deadline);
        throw DeadlineExceeded{"frozen"};
    };
    fixture.script->connect = [](Deadline) { throw ConnectError{"frozen"}; };
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(static_cast<void>(pool.acquire(300ms)), AcquireTimeout);
    CHECK(fixture.backend->clock().now() == began + 300ms);
    fixture.backend->advance(5s);
    CHECK(pool.stats().total == 0);
}

// agroal#182: each dead connection costs one time-out
TEST_CASE("a frozen server costs one validate_timeout, however many connections are idle",
          "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.max_size = 5;
        options.validate_after_idle = 1ms;
        options.validate_timeout = 1s;
    })};
    auto& pool = fixture.typed();
    {
        std::vector<Lease<FakeSession>> leases;
        for (int i = 0; i < 5; ++i) {
            leases.push_back(pool.acquire());
        }
    }
    fixture.backend->advance(1min);
    fixture.script->validate = [&](int, Deadline deadline) {
        fixture.backend->this_task()->park_until(deadline);
        throw DeadlineExceeded{"frozen"};
    };
    const auto began = fixture.backend->clock().now();
    CHECK(pool.acquire()->number() == 6);
    CHECK(fixture.backend->clock().now() <= began + 1s);
    fixture.backend->advance(1s);
    CHECK(pool.stats().closed_invalid == 5);
}

TEST_CASE("who does not wait is lent a connection that looks alive, unasked", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.validate_after_idle = 0s; })};
    auto& pool = fixture.typed();
    pool.acquire().release();
    CHECK(pool.try_acquire());
    CHECK(fixture.script->calls.empty());
}

TEST_CASE("what one user left behind is undone before the next one comes", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 1; })};
    fixture.script->needs_reset = true;
    auto& pool = fixture.typed();
    pool.acquire().release();
    CHECK(fixture.script->calls.empty());  // not on the caller's time
    CHECK(pool.stats().validating == 1);
    CHECK_FALSE(pool.try_acquire());
    CHECK(pool.acquire()->number() == 1);
    CHECK(fixture.script->calls == Calls{"reset 1"});
}

TEST_CASE("a connection whose reset fails is closed", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 1; })};
    fixture.script->needs_reset = true;
    fixture.script->reset = [](int, Deadline) { throw ProtocolError{"no"}; };
    auto& pool = fixture.typed();
    pool.acquire().release();
    CHECK(pool.acquire()->number() == 2);
    CHECK(pool.stats().closed_invalid == 1);
}

TEST_CASE("a plugin without a reset is asked to reset once", "[unit][pool]") {
    struct Plain final : Connection {
        void validate(Deadline) override {}
    };
    struct PlainConnector final : Connector {
        std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
            return std::make_unique<Plain>();
        }
    };
    FakeIo io;
    const auto backend = std::make_shared<ManualBackend>(&io);
    const auto pool = make_pool({.name = "cache",
                                 .plugin = "plain",
                                 .options = Fixture::options(),
                                 .connector = std::make_unique<PlainConnector>(),
                                 .config = {},
                                 .backend = backend});
    auto& typed = detail::typed<Connection>(*pool);
    for (int i = 0; i < 5; ++i) {
        typed.acquire().release();
    }
    backend->run();
    CHECK(backend->spawned() == 2);  // one to connect, one to reset
    CHECK(typed.stats().idle == 1);
}

}  // namespace
}  // namespace cistern::test
