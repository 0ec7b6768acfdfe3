// What networks and proxies do between a pool and its server.

#include "hive_pools.hpp"
#include "support/tcp_gate.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using namespace cistern::test;
using namespace std::chrono_literals;

namespace {

// One session at most, through a gate.
struct Scene {
    HiveSandbox server;
    TcpGate gate{server.port()};
    cistern::Runtime runtime = hive_runtime(
        {{"endpoint", "127.0.0.1:" + std::to_string(gate.port())},
         {"auth", "nosasl"},
         {"call_timeout", "400ms"}},
        {{"max_size", "1"}, {"validate_after_idle", "0s"}, {"validate_timeout", "300ms"}});
    cistern::Pool<hive::Session>& pool = warehouse(runtime);

    [[nodiscard]] bool works() {
        return numbers(*pool.acquire(10s), "select 1") == std::vector<std::int64_t>{1};
    }
};

}  // namespace

TEST_CASE("replies that drip in cost call_timeout, and their session is not lent again",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be slowed down");
    Scene scene;
    {
        const auto lease = scene.pool.acquire(10s);
        scene.gate.apply({.part_size = 1, .part_pause = 100ms});
        const auto began = std::chrono::steady_clock::now();
        CHECK_THROWS_AS(lease->execute("select 1"), cistern::DeadlineExceeded);
        CHECK(std::chrono::steady_clock::now() - began < 5s);
    }
    scene.gate.pass();
    CHECK(scene.works());
    CHECK(scene.pool.stats().opened == 2);
}

TEST_CASE("a reset within a reply is an error of its lease alone", "[integration][hive]") {
    skip_on_foreign_hive("its connections must not be reset");
    Scene scene;
    {
        const auto lease = scene.pool.acquire(10s);
        scene.gate.apply({.reset_after = 3});
        CHECK_THROWS_AS(lease->execute("select 1"), cistern::IoError);
    }
    scene.gate.pass();
    CHECK(scene.works());
    CHECK(scene.pool.stats().closed_broken == 1);
}

TEST_CASE("a proxy that ended an idle session's connection costs its next borrower no error",
          "[integration][hive]") {
    skip_on_foreign_hive("its connections must not be reset");
    Scene scene;
    CHECK(scene.works());
    scene.gate.reset_all();
    CHECK(scene.works());
    CHECK(scene.pool.stats().opened == 2);
}
