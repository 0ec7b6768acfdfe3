// A pool with several endpoints: where it opens, what it tells, and what a dead one costs.

#include "pool/keyed_pool.hpp"
#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>

namespace cistern::test {
namespace {

using Catch::Contains;

// Three servers, some of which are down.
struct Servers : Fixture {
    explicit Servers(PoolOptions wanted = some()) {
        script->connect_with = [this](const ConnectorConfig& conf) {
            const auto name = conf.text("endpoint");
            tried.push_back(name);
            if (down.contains(name)) {
                throw ConnectError{name + " refused"};
            }
        };
        for (const auto* name : {"db1:7", "db2:7", "db3:7"}) {
            states.push_back(std::make_shared<EndpointState>(name));
        }
        make_all(std::move(wanted));
    }
    static PoolOptions some() {
        return with([](auto& options) { fill(options); });
    }
    template <class Change>
    static PoolOptions but(Change change) {
        auto options = some();
        change(options);
        return options;
    }
    static void fill(PoolOptions& options) {
        options.max_size = 6;
        options.retry.jitter = 0.0;
        options.endpoints = {"db1:7", "db2:7", "db3:7"};
    }
    [[nodiscard]] PoolParts parts(PoolOptions wanted) {
        PoolParts made{.name = "cache",
                       .plugin = "fake",
                       .options = std::move(wanted),
                       .connector = std::make_unique<FakeConnector>(script),
                       .config = {},
                       .backend = backend,
                       .observer = observer};
        for (std::size_t index = 0; index < states.size(); ++index) {
            made.endpoints.push_back(
                {states[index], {{"endpoint", {made.options.endpoints[index], "test"}}}});
        }
        return made;
    }
    void make_all(PoolOptions wanted) {
        pool = make_pool(parts(std::move(wanted)));
        pool->start();
    }
    [[nodiscard]] std::string where(const PoolStats& stats) const {
        std::string text;
        for (const auto& its : stats.endpoints) {
            text += (text.empty() ? "" : " ") + std::to_string(its.total);
        }
        return text;
    }

    std::set<std::string> down;
    std::vector<std::string> tried;
    std::vector<std::shared_ptr<EndpointState>> states;
};

TEST_CASE("with failover new connections go to the first endpoint that works, and back to it",
          "[unit][pool]") {
    Servers servers;
    auto& pool = servers.typed();
    auto first = pool.acquire();
    CHECK(servers.where(pool.stats()) == "1 0 0");
    servers.down = {"db1:7"};
    auto second = pool.acquire();
    auto third = pool.acquire();
    CHECK(servers.where(pool.stats()) == "1 2 0");
    servers.down = {};
    servers.backend->advance(1s);
    auto fourth = pool.acquire();
    servers.backend->run();
    CHECK(pool.stats().endpoints[0].circuit.state == CircuitState::kClosed);
    first.discard();
    servers.backend->run();
    auto fifth = pool.acquire();
    auto sixth = pool.acquire();
    CHECK(pool.stats().endpoints[0].total >= 2);
}

TEST_CASE("failing over costs no back-off: the next endpoint is tried at once", "[unit][pool]") {
    Servers servers;
    servers.down = {"db1:7", "db2:7"};
    const auto began = servers.backend->clock().now();
    servers.typed().acquire().release();
    CHECK(servers.backend->clock().now() == began);
    CHECK(servers.tried == std::vector<std::string>{"db1:7", "db2:7", "db3:7"});
}

TEST_CASE("nobody waits for the probe of a dead endpoint while another one works", "[unit][pool]") {
    Servers servers;
    auto& pool = servers.typed();
    servers.down = {"db1:7"};
    auto first = pool.acquire();
    servers.backend->advance(1s);
    servers.down = {};
    servers.script->connect_with = [&](const ConnectorConfig& conf) {
        if (conf.text("endpoint") == "db1:7") {
            servers.backend->this_task()->park_until(servers.backend->clock().deadline_after(5s));
            throw ConnectError{"no answer"};
        }
    };
    const auto began = servers.backend->clock().now();
    auto second = pool.acquire();
    CHECK(servers.backend->clock().now() == began);
}

TEST_CASE("a waiter is told the last error of each endpoint that was tried", "[unit][pool]") {
    Servers servers;
    servers.down = {"db1:7", "db2:7", "db3:7"};
    try {
        static_cast<void>(servers.typed().acquire());
        FAIL("was lent something");
    } catch (const ConnectError& error) {
        CHECK_THAT(error.what(), Contains("pool \"cache\": no endpoint can be connected to"));
        for (const auto* name : {"db1:7", "db2:7", "db3:7"}) {
            CHECK_THAT(error.what(), Contains(std::string{name} + ": " + name + " refused"));
        }
        CHECK(error.is_transient());
    }
    CHECK(servers.tried.size() == 9);  // three attempts at each
}

TEST_CASE("only when every endpoint refuses the login is that what a waiter is told",
          "[unit][pool]") {
    Servers servers;
    servers.script->connect_with = [&](const ConnectorConfig& conf) {
        servers.tried.push_back(conf.text("endpoint"));
        throw AuthError{"who are you"};
    };
    CHECK_THROWS_AS(static_cast<void>(servers.typed().acquire()), AuthError);
    CHECK(servers.tried.size() == 3);
    Servers others;
    others.script->connect_with = [&](const ConnectorConfig& conf) {
        if (conf.text("endpoint") != "db3:7") {
            throw AuthError{"who are you"};
        }
    };
    others.typed().acquire().release();
}

TEST_CASE("a time-out names each endpoint that is down, with its circuit", "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) { options.retry.max_attempts = 100; })};
    servers.down = {"db1:7", "db2:7", "db3:7"};
    try {
        static_cast<void>(servers.typed().acquire(100ms));
        FAIL("was lent something");
    } catch (const AcquireTimeout& error) {
        CHECK_THAT(error.what(), Contains("; db1:7: circuit open (failures in a row: 2"));
        CHECK_THAT(error.what(), Contains("; db3:7: circuit open (failures in a row: 2"));
    }
}

TEST_CASE("round_robin and least_connections spread connections evenly", "[unit][pool]") {
    for (const auto policy : {EndpointPolicy::kRoundRobin, EndpointPolicy::kLeastConnections}) {
        Servers servers{Servers::but([&](auto& options) { options.endpoint_policy = policy; })};
        std::vector<Lease<FakeSession>> leases;
        for (int i = 0; i < 6; ++i) {
            leases.push_back(servers.typed().acquire());
        }
        CHECK(servers.where(servers.pool->stats()) == "2 2 2");
        CHECK(servers.pool->stats().endpoints[1].lent == 2);
    }
}

TEST_CASE("max_size is over all endpoints", "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) {
        options.max_size = 2;
        options.endpoint_policy = EndpointPolicy::kRoundRobin;
    })};
    auto first = servers.typed().acquire();
    auto second = servers.typed().acquire();
    CHECK_THROWS_AS(static_cast<void>(servers.typed().acquire(10ms)), AcquireTimeout);
    CHECK(servers.script->made == 2);
}

TEST_CASE("a flush of one endpoint of several closes what is connected to it, and nothing else",
          "[unit][pool]") {
    Servers servers{
        Servers::but([](auto& options) { options.endpoint_policy = EndpointPolicy::kRoundRobin; })};
    std::vector<Lease<FakeSession>> leases;
    for (int i = 0; i < 6; ++i) {
        leases.push_back(servers.typed().acquire());
    }
    leases.pop_back();
    CHECK(servers.pool->flush_endpoint("db2:7", Flush::kAll));
    CHECK_FALSE(servers.pool->flush_endpoint("db9:7", Flush::kAll));
    leases.clear();
    servers.backend->run();
    CHECK(servers.where(servers.pool->stats()) == "2 0 2");
}

TEST_CASE("circuits are each endpoint's own, and shared with other pools that connect to it",
          "[unit][pool]") {
    Servers servers;
    servers.down = {"db1:7"};
    servers.typed().acquire().release();
    const auto stats = servers.pool->stats();
    CHECK(stats.endpoints[0].circuit.state == CircuitState::kOpen);
    CHECK(stats.endpoints[0].circuit.endpoint == "db1:7");
    CHECK(stats.endpoints[1].circuit.state == CircuitState::kClosed);
    CHECK(stats.circuit.endpoint == "db2:7");
    CHECK(stats.circuit.state == CircuitState::kClosed);
    const auto first = servers.pool;
    servers.make_all(Servers::some());
    servers.tried.clear();
    servers.typed().acquire().release();
    CHECK(servers.tried == std::vector<std::string>{"db2:7"});
}

TEST_CASE(
    "with fail_fast nobody is refused while one endpoint works, and all are named when none does",
    "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) { options.fail_fast = true; })};
    servers.down = {"db1:7", "db2:7"};
    auto lease = servers.typed().acquire();
    servers.down.insert("db3:7");
    CHECK_THROWS_WITH(static_cast<void>(servers.typed().acquire()),
                      Contains("db1:7: circuit open") && Contains("db3:7: circuit open"));
}

TEST_CASE("holders, leaks and time-outs name the endpoint of a connection", "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) {
        options.leak_threshold = 1s;
        options.max_size = 1;
    })};
    servers.down = {"db1:7"};
    auto lease = servers.typed().acquire();
    CHECK(servers.typed().holders().at(0).endpoint == "db2:7");
    CHECK_THROWS_WITH(static_cast<void>(servers.typed().acquire(10ms)), Contains(" to db2:7"));
    servers.backend->advance(2s);
    CHECK(servers.observer->leaks.at(0).endpoint == "db2:7");
}

TEST_CASE("with failback_after connections to a later endpoint end once an earlier one works again",
          "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) {
        options.failback_after = 30s;
        options.min_idle = 2;
    })};
    auto& pool = servers.typed();
    servers.down = {"db1:7"};
    pool.reconnect();
    servers.backend->run();
    CHECK(servers.where(pool.stats()) == "0 2 0");
    servers.backend->advance(5s);
    auto lent = pool.acquire();
    servers.backend->advance(5s);
    CHECK(servers.where(pool.stats()) == "0 3 0");
    servers.down = {};
    servers.backend->advance(2s);  // nobody asks, and the first is tried all the same
    CHECK(servers.where(pool.stats()) == "1 3 0");
    servers.backend->advance(30s);
    CHECK(servers.where(pool.stats()) == "2 1 0");
    lent.release();
    servers.backend->run();
    CHECK(servers.where(pool.stats()) == "2 0 0");
    CHECK(count_of(*servers.observer, "closed: failback") == 3);
}

TEST_CASE("with_retry goes on with what is idle to another endpoint", "[unit][pool]") {
    Servers servers{
        Servers::but([](auto& options) { options.endpoint_policy = EndpointPolicy::kRoundRobin; })};
    auto& pool = servers.typed();
    {
        const auto first = pool.acquire();
        const auto second = pool.acquire();
    }
    // The session that comes first is the same one each time, were it not for the endpoint.
    std::vector<int> used;
    pool.with_retry([&](FakeSession& session) {
        used.push_back(session.number());
        if (used.size() == 1) {
            throw Error{"busy", {.is_transient = true}};
        }
    });
    REQUIRE(used.size() == 2);
    CHECK(used[0] != used[1]);
}

TEST_CASE("a keyed pool opens each match's connections to the endpoints that work",
          "[unit][pool]") {
    Servers servers;
    servers.down = {"db1:7"};
    auto unmatched = servers.parts(Servers::but([](auto& options) { options.match_by = "user"; }));
    const auto keyed = std::make_shared<KeyedPool>(unmatched, [&](const std::string& match) {
        auto parts = unmatched;
        parts.name += "[" + match + "]";
        return parts;
    });
    keyed->start();
    auto lease = detail::typed<FakeSession>(*keyed).acquire("anna", 1s);
    CHECK(servers.where(keyed->stats()) == "0 1 0");
    CHECK(detail::typed<FakeSession>(*keyed).holders().at(0).endpoint == "db2:7");
    CHECK(keyed->flush_endpoint("db2:7", Flush::kAll));
    lease.release();
    servers.backend->run();
    CHECK(servers.where(keyed->stats()) == "0 0 0");
}

TEST_CASE("warm_up gives up once every endpoint has failed, and says how", "[unit][pool]") {
    Servers servers{Servers::but([](auto& options) { options.min_idle = 1; })};
    servers.typed().warm_up(1s);
    Servers dead;
    dead.down = {"db1:7", "db2:7", "db3:7"};
    dead.make_all(Servers::but([](auto& options) { options.min_idle = 1; }));
    CHECK_THROWS_WITH(dead.typed().warm_up(10s), Contains("db1:7 refused") && Contains("db3:7"));
}

}  // namespace
}  // namespace cistern::test
