#include "echo_setup.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <thread>
#include <vector>

using namespace cistern;
using namespace cistern::test;

TEST_CASE("a lease outlives the runtime it was borrowed from", "[integration]") {
    LineServer server;
    std::optional<Lease<echo::Session>> session;
    {
        auto runtime = Runtime::from_spec(echo_spec(server));
        session = runtime.pool<echo::Session>("echo").acquire(5s);
    }
    CHECK((*session)->echo("still here", 5s) == "still here");
    session.reset();
}

TEST_CASE("a runtime may be moved while its pools are in use", "[integration]") {
    LineServer server;
    auto first = Runtime::from_spec(echo_spec(server));
    auto& pool = first.pool<echo::Session>("echo");
    auto second = std::move(first);
    CHECK(pool.acquire(5s)->echo("moved", 5s) == "moved");
    CHECK(&second.pool<echo::Session>("echo") == &pool);
}

TEST_CASE("a drained pool lends nothing any more", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    auto& pool = runtime.pool<echo::Session>("echo");
    CHECK(pool.acquire(5s)->echo("x", 5s) == "x");
    CHECK(pool.drain(5s));
    CHECK_THROWS_AS(pool.acquire(5s), PoolClosed);
    CHECK(pool.stats().total == 0);
}

TEST_CASE("eight threads share three connections and none is used by two at once",
          "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server, {{"max_size", "3"}}));
    auto& pool = runtime.pool<echo::Session>("echo");
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int id = 0; id < 8; ++id) {
        threads.emplace_back([&, id] {
            for (int i = 0; i < 40; ++i) {
                const auto text = std::to_string(id) + "/" + std::to_string(i);
                if (pool.acquire(20s)->echo(text, 5s) != text) {
                    ++wrong;
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
    CHECK(pool.stats().opened <= 3);
    CHECK(pool.stats().acquired == 320);
}
