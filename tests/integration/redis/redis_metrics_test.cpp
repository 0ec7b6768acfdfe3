// Statistics of a pool in use, as a foreign program reads them.

#include "integration/programs/process.hpp"
#include "redis_pools.hpp"
#include "redis_server.hpp"
#include "support/skip.hpp"
#include "support/test_folder.hpp"

#include <cistern/openmetrics.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

// More threads than connections, so that some have to wait.
void use(cistern::Pool<redis::Session>& pool) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
        threads.emplace_back([&] {
            for (int calls = 0; calls < 200; ++calls) {
                pool.acquire(10s)->command({"INCR", "n"}, 5s);
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

}  // namespace

TEST_CASE("times of a real server are plausible", "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "2"}});
    use(cache(runtime));
    CHECK(cache(runtime).check(10s).ping);
    const auto stats = runtime.stats().at("cache");
    CHECK(stats.acquired == 1200);
    CHECK(stats.connect_time.count() == stats.opened);
    CHECK(stats.connect_time.p50() > 0ns);
    CHECK(stats.connect_time.max() < 5s);
    CHECK(stats.wait_time.count() > 0);
    CHECK(stats.wait_time.p50() <= stats.wait_time.p99());
    CHECK(stats.wait_time.p99() <= stats.wait_time.max());
    CHECK(stats.wait_time.max() <= stats.longest_wait);
    CHECK(stats.use_time.count() > 0);
    CHECK(stats.use_time.count() <= stats.released);
    CHECK(stats.validation_time.count() == 1);
}

TEST_CASE("Prometheus' own parser reads the exported text, and finds what the statistics say",
          "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "2"}});
    use(cache(runtime));
    const auto all = runtime.stats();
    const TestFolder folder;
    const auto file = folder.write("metrics.txt", cistern::to_openmetrics(all));
    const Ended ended = run(PYTHON, {CHECK_OPENMETRICS, file.string()});
    if (ended.status == 77) {
        skip(ended.out);
    }
    CAPTURE(ended.errors);
    REQUIRE(ended.status == 0);
    const auto& stats = all.at("cache");
    const std::string pool = "{db_client_connection_pool_name=cache";
    for (const auto& line : {"counter - cistern_leases_total" + pool + "} 1200",
                             "gauge - db_client_connection_max" + pool + "} 2",
                             "histogram seconds db_client_connection_wait_time_seconds_count" +
                                 pool + "} " + std::to_string(stats.wait_time.count()),
                             "histogram seconds db_client_connection_create_time_seconds_bucket" +
                                 pool + ",le=+Inf} " + std::to_string(stats.opened),
                             "gauge - cistern_circuit" + pool + ",state=closed} 1"}) {
        CHECK_THAT(ended.out, Catch::Contains(line + "\n"));
    }
}
