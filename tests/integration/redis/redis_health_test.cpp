// Health checks against a real server that comes and goes.

#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using namespace cistern::test;
using cistern::HealthState;
using std::chrono::steady_clock;

TEST_CASE("a check finds a server well, frozen, gone and back again", "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}},
                                 {{"connect_timeout", "500ms"}, {"retry.max_delay", "100ms"}});
    auto& pool = cache(runtime);
    const auto opened = pool.check(10s);
    REQUIRE(opened.ping);
    CHECK(opened.ping->kind == cistern::PingKind::kOpened);
    CHECK(opened.state == HealthState::kHealthy);
    const auto validated = pool.check(10s);
    REQUIRE(validated.ping);
    CHECK(validated.ping->kind == cistern::PingKind::kValidated);

    server.freeze();
    const auto began = steady_clock::now();
    CHECK(pool.check(300ms).state == HealthState::kDown);
    CHECK(steady_clock::now() - began < 3s);
    server.thaw();
    CHECK(pool.check(10s).ping);

    server.kill();
    const auto gone = pool.check(10s);
    CHECK(gone.state == HealthState::kDown);
    CHECK_THAT(gone.why, Catch::Contains(server.endpoint()) && Catch::Contains("refused"));
    server.start();
    std::this_thread::sleep_for(200ms);  // longer than any back-off
    CHECK(pool.check(10s).state == HealthState::kHealthy);
    CHECK(pool.stats().acquired == 0);
}

TEST_CASE("a runtime tells the health of all its pools, also of one that is exhausted",
          "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "1"}});
    const auto lease = cache(runtime).acquire(10s);
    const auto health = runtime.health(10s);
    REQUIRE(health.size() == 1);
    CHECK(health[0].pool == "cache");
    CHECK(health[0].state == HealthState::kDegraded);
    CHECK(health[0].why == "all connections are in use (1 of 1)");
}
