// Tasks that wait for each other, in one pool or by way of several.

#include "pool/keyed_pool.hpp"
#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

using Catch::Matchers::Contains;

// Pools of one Runtime, as far as tasks that wait for each other are concerned.
struct Pools {
    ~Pools() {
        for (auto& [name, pool] : pools) {
            pool->close(Deadline::never());
        }
    }

    PoolParts parts(const std::string& name, const PoolOptions& options) {
        return {.name = name,
                .plugin = "fake",
                .options = options,
                .connector = std::make_shared<FakeConnector>(script),
                .config = {},
                .backend = backend,
                .observer = observer,
                .circles = circles};
    }
    PoolImpl& add(const std::string& name, const PoolOptions& options) {
        const auto pool = make_pool(parts(name, options));
        pool->start();
        pools[name] = pool;
        return *pool;
    }
    PoolImpl& add(const std::string& name, std::uint32_t max_size) {
        return add(name, Fixture::with([&](auto& options) { options.max_size = max_size; }));
    }
    [[nodiscard]] Pool<FakeSession>& typed(const std::string& name) {
        return detail::typed<FakeSession>(dynamic_cast<detail::PoolCore&>(*pools.at(name)));
    }
    // A task that borrows from one after the other, and keeps what it gets until it gets all, or
    // until the last one fails.
    void start(const std::vector<std::string>& names,
               Timeout timeout = 5s,
               Priority priority = Priority::kNormal) {
        backend->in_task([this, names, timeout, priority] {
            std::vector<Lease<FakeSession>> held;
            try {
                for (const auto& name : names) {
                    held.push_back(typed(name).acquire({.timeout = timeout, .priority = priority}));
                    // So that others come in between.
                    backend->this_task()->park_until(backend->clock().deadline_after(1ms));
                }
                ++served;
            } catch (const AcquireTimeout& error) {
                failed.push_back(error.evidence());
                texts.emplace_back(error.what());
            } catch (const Error& error) {
                texts.emplace_back(error.what());
            }
        });
        backend->run();
    }
    [[nodiscard]] std::vector<std::string> told() const {
        std::vector<std::string> found;
        for (std::size_t index = 0; index < observer->events.size(); ++index) {
            if (observer->events[index].starts_with("deadlock: ")) {
                found.push_back(observer->events[index]);
            }
        }
        return found;
    }

    FakeIo io;
    std::shared_ptr<ManualBackend> backend = std::make_shared<ManualBackend>(&io);
    std::shared_ptr<Script> script = std::make_shared<Script>();
    std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
    std::shared_ptr<WaitCircles> circles = std::make_shared<WaitCircles>();
    std::map<std::string, std::shared_ptr<RunningPool>> pools;
    int served = 0;
    std::vector<AcquireEvidence> failed;
    std::vector<std::string> texts;
};

TEST_CASE("two tasks that each hold what the other waits for are told at once, across pools",
          "[unit][pool]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(2ms);
    REQUIRE(pools.told().size() == 1);
    CHECK_THAT(pools.told().front(), Contains("tasks wait in a circle"));
    CHECK(pools.failed.empty());
    pools.backend->advance(10s);
    CHECK(pools.told().size() == 1);
    REQUIRE(pools.failed.size() == 1);  // whose lease then served the other one
    CHECK(pools.served == 1);
}

TEST_CASE("a time-out in a circle says who holds what, borrowed where, and waits for what",
          "[unit][pool]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    pools.start({"orders", "stock"}, 5s);
    pools.start({"stock", "orders"}, 10s);
    pools.backend->advance(20s);
    REQUIRE(pools.failed.size() == 1);
    const auto& evidence = pools.failed.front();
    CHECK(evidence.waits_for_itself);
    REQUIRE(evidence.circle.size() == 2);
    const auto& own = evidence.circle.front();
    CHECK(own.pool == "orders");
    CHECK(own.waits_for == "stock");
    CHECK(own.waited == 5s);
    CHECK(own.holder.held == 5s + 1ms);
    CHECK(own.holder.where.line() == own.waits_at.line());
    const auto& other = evidence.circle.back();
    CHECK(other.pool == "stock");
    CHECK(other.waits_for == "orders");
    CHECK(other.waited == 5s);
    CHECK_THAT(pools.texts.front(),
               Contains("has held a connection of \"orders\" for 5 s and waits for one of "
                        "\"stock\" at circle_test.cpp:") &&
                   Contains("every connection is held by a task that waits for another one, so "
                            "none can come back"));
}

TEST_CASE("a circle through three pools is told once, by the last who begins to wait",
          "[unit][pool]") {
    Pools pools;
    for (const auto* name : {"a", "b", "c"}) {
        pools.add(name, 1);
    }
    pools.start({"a", "b"});
    pools.start({"b", "c"});
    pools.backend->advance(500us);
    pools.start({"c", "a"});
    pools.backend->advance(600us);  // only the last one does not wait yet
    CHECK(pools.told().empty());
    pools.backend->advance(1ms);
    REQUIRE(pools.told().size() == 1);
    CHECK(pools.observer->pools[static_cast<std::size_t>(std::find(pools.observer->events.begin(),
                                                                   pools.observer->events.end(),
                                                                   pools.told().front()) -
                                                         pools.observer->events.begin())] == "a");
}

TEST_CASE("a holder that does not wait breaks a circle, and nothing is told", "[unit][pool]") {
    Pools pools;
    pools.add("orders", 2);
    pools.add("stock", 1);
    const auto free = pools.typed("orders").acquire();
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(1s);
    CHECK(pools.told().empty());
    pools.backend->advance(10s);
    REQUIRE_FALSE(pools.failed.empty());
    CHECK(pools.failed.front().circle.empty());
    CHECK_FALSE(pools.failed.front().waits_for_itself);
}

TEST_CASE("an open that may succeed breaks a circle, though its server is down", "[unit][pool]") {
    Pools pools;
    pools.add("orders", 2);
    pools.add("stock", 1);
    pools.start({"orders", "stock"});
    pools.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    pools.backend->run();
    pools.script->connect = [](Deadline) {};
    pools.start({"stock", "orders"});
    pools.backend->advance(10s);
    CHECK(pools.told().empty());
    CHECK(pools.served == 2);
}

TEST_CASE("a circle of those whom a reserve holds back is told, though something is idle",
          "[unit][pool]") {
    Pools pools;
    pools.add("orders", Fixture::with([](auto& options) {
                  options.max_size = 2;
                  options.min_idle = 2;
                  options.reserve.high = 1;
              }));
    pools.add("stock", 1);
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(2ms);
    CHECK(pools.pools["orders"]->stats().idle == 1);
    CHECK(pools.told().size() == 1);
}

TEST_CASE("an urgent caller whom the reserve is for closes no circle", "[unit][pool]") {
    Pools pools;
    pools.add("orders", Fixture::with([](auto& options) {
                  options.max_size = 2;
                  options.reserve.high = 1;
              }));
    pools.add("stock", 1);
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"}, 5s, Priority::kHigh);
    pools.backend->advance(10ms);
    CHECK(pools.told().empty());
    CHECK(pools.served == 2);
}

TEST_CASE("a task that waits for a circle and is no part of it tells nothing", "[unit][pool]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    pools.add("third", 1);
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(2ms);
    pools.start({"third", "orders"}, 1s);
    pools.backend->advance(2s);
    CHECK(pools.told().size() == 1);
    REQUIRE(pools.failed.size() == 1);
    CHECK(pools.failed.front().circle.empty());
}

TEST_CASE("a circle that comes again is told again", "[unit][pool]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    for (std::size_t round = 1; round <= 3; ++round) {
        pools.start({"orders", "stock"});
        pools.start({"stock", "orders"});
        pools.backend->advance(20s);
        CHECK(pools.told().size() == round);
    }
}

TEST_CASE("a resize that leaves nothing to wait for tells a circle", "[unit][pool]") {
    Pools pools;
    auto& orders = pools.add("orders", 2);
    pools.add("stock", 1);
    pools.start({"orders", "stock"}, 1min);
    pools.start({"stock", "orders"}, 1min);
    pools.script->connect = [](Deadline) { throw ConnectError{"down"}; };
    pools.backend->advance(2ms);
    CHECK(pools.told().empty());
    orders.resize(1, 0);
    pools.backend->run();
    CHECK(pools.told().size() == 1);
}

TEST_CASE("who holds what in the express lane is known soon after somebody waits for it",
          "[unit][pool][lane]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    for (const auto* name : {"orders", "stock"}) {
        static_cast<void>(pools.typed(name).acquire());  // and back: into the lane
        REQUIRE(pools.pools[name]->stats().idle == 1);
    }
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(2ms);
    CHECK(pools.told().empty());
    pools.backend->advance(10ms);
    CHECK(pools.told().size() == 1);
    CHECK(pools.failed.empty());
}

TEST_CASE("the observer of a circle is told under no lock", "[unit][pool]") {
    Pools pools;
    pools.add("orders", 1);
    pools.add("stock", 1);
    std::uint32_t waiting = 0;
    pools.observer->then = [&] {
        waiting = pools.pools["orders"]->stats().waiting + pools.pools["stock"]->stats().waiting;
    };
    pools.start({"orders", "stock"});
    pools.start({"stock", "orders"});
    pools.backend->advance(2ms);
    CHECK(waiting == 2);
}

// -- Pools with match_by --------------------------------------------------------------------------

struct KeyedPools : Pools {
    explicit KeyedPools(std::uint32_t max_size) {
        auto unmatched =
            parts("cache", Fixture::with([&](auto& options) { options.max_size = max_size; }));
        unmatched.options.match_by = "database";
        pools["cache"] =
            std::make_shared<KeyedPool>(unmatched, [unmatched](const std::string& match) {
                auto matched = unmatched;
                matched.name += "[" + match + "]";
                return matched;
            });
        pools["cache"]->start();
    }
    // Borrows with one match after the other.
    void borrow(const std::vector<std::string>& matches, Timeout timeout = 5s) {
        backend->in_task([this, matches, timeout] {
            std::vector<Lease<FakeSession>> held;
            try {
                for (const auto& match : matches) {
                    held.push_back(typed("cache").acquire(match, timeout));
                    backend->this_task()->park_until(backend->clock().deadline_after(1ms));
                }
                ++served;
            } catch (const AcquireTimeout& error) {
                failed.push_back(error.evidence());
            }
        });
        backend->run();
    }
};

TEST_CASE("tasks that hold all places of a keyed pool and want other matches are told at once",
          "[unit][pool]") {
    KeyedPools pools{2};
    pools.borrow({"a", "c"}, 5s);
    pools.borrow({"b", "d"}, 10s);
    pools.backend->advance(2ms);
    CHECK(pools.told().size() == 1);
    pools.backend->advance(20s);
    REQUIRE(pools.failed.size() == 1);
    REQUIRE(pools.failed.front().circle.size() == 2);
    CHECK(pools.failed.front().circle.front().pool == "cache[a]");
    CHECK(pools.failed.front().circle.front().waits_for == "cache[c]");
}

TEST_CASE("what another match has idle gives way, and no circle is told", "[unit][pool]") {
    KeyedPools pools{3};
    pools.borrow({"idle"});
    pools.backend->advance(5ms);
    REQUIRE(pools.pools["cache"]->stats().idle == 1);
    pools.borrow({"a", "c"});
    pools.borrow({"b", "d"});
    pools.backend->advance(10ms);
    CHECK(pools.told().empty());
    CHECK(pools.served == 3);
}

TEST_CASE("one task that holds every place of a keyed pool in its matches' lanes is told",
          "[unit][pool][lane]") {
    KeyedPools pools{2};
    pools.borrow({"a", "b"});
    pools.backend->advance(5ms);
    REQUIRE(pools.served == 1);
    pools.borrow({"a", "b", "c"});
    pools.backend->advance(20ms);
    CHECK(pools.told().size() == 1);
}

}  // namespace
}  // namespace cistern::test
