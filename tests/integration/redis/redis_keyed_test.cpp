// One pool over several databases of a real server.

#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

cistern::Runtime by_database(const RedisServer& server, const std::string& max_size) {
    return redis_runtime({{"endpoint", server.endpoint()}},
                         {{"match_by", "database"}, {"max_size", max_size}});
}

}  // namespace

TEST_CASE("a match chooses the database, and each keeps its own connection",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = by_database(server, "3");
    auto& pool = cache(runtime);
    for (int round = 0; round < 3; ++round) {
        for (const auto* database : {"1", "2"}) {
            pool.acquire(database, 5s)->command({"SET", "where", database}, 5s);
        }
    }
    CHECK(pool.acquire("1", 5s)->command({"GET", "where"}, 5s).text() == "1");
    CHECK(pool.acquire("2", 5s)->command({"GET", "where"}, 5s).text() == "2");
    CHECK(pool.acquire()->command({"GET", "where"}, 5s).is_nil());
    CHECK(pool.stats().opened == 3);
}

TEST_CASE("many threads on many databases share a few connections, each in its own database",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = by_database(server, "3");
    auto& pool = cache(runtime);
    std::vector<std::thread> threads;
    std::atomic<int> strays{0};
    std::atomic<int> failures{0};
    for (int task = 0; task < 6; ++task) {
        threads.emplace_back([&, task] {
            for (int round = 0; round < 100; ++round) {
                const auto database = std::to_string(1 + (task + round) % 5);
                try {
                    const auto session = pool.acquire(database, 20s);
                    session->command({"SET", "where", database}, 5s);
                    strays += session->command({"GET", "where"}, 5s).text() == database ? 0 : 1;
                } catch (const cistern::Error&) {
                    ++failures;
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(strays == 0);
    CHECK(failures == 0);
    CHECK(pool.stats().total <= 3);
    CHECK(pool.stats().acquired == 600);
}

TEST_CASE("what cannot be a database is refused with what would be right", "[integration][redis]") {
    const RedisServer server;
    auto runtime = by_database(server, "2");
    CHECK_THROWS_WITH(static_cast<void>(cache(runtime).acquire("sales", 5s)),
                      Catch::Contains("the match \"sales\" cannot be its database") &&
                          Catch::Contains("whole number"));
    CHECK_THROWS_AS(static_cast<void>(cache(runtime).acquire("sales", 5s)), cistern::ConfigError);
}

TEST_CASE("match_by has to name a setting of the plugin that is no secret",
          "[integration][redis]") {
    CHECK_THROWS_WITH(redis_runtime({{"endpoint", "127.0.0.1:1"}}, {{"match_by", "databse"}}),
                      Catch::Contains("pool.cache.match_by = \"databse\"") &&
                          Catch::Contains("did you mean database?"));
    CHECK_THROWS_WITH(redis_runtime({{"endpoint", "127.0.0.1:1"}}, {{"match_by", "password"}}),
                      Catch::Contains("pool.cache.match_by") && Catch::Contains("no secret"));
    CHECK_THROWS_WITH(redis_runtime({{"endpoint", "127.0.0.1:1"}},
                                    {{"match_by", "user"}, {"credentials", "vault"}}),
                      Catch::Contains("match_by = \"user\": must be another setting"));
    CHECK_THROWS_WITH(
        redis_runtime({{"endpoint", "127.0.0.1:1"}}, {{"match_by", "database"}, {"min_idle", "1"}}),
        Catch::Contains("min_idle") && Catch::Contains("must be 0 with match_by"));
}
