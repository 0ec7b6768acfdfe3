// Many workers, few sessions; many rows, little memory.

#include "hive_pools.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <atomic>
#include <mutex>
#include <thread>

using namespace cistern::test;

TEST_CASE("eight workers share three sessions and each gets its own answers",
          "[integration][hive]") {
    constexpr int kWorkers = 8;
    constexpr int kRounds = 5;
    const AnyHive hive;
    auto runtime = hive.runtime({}, {{"max_size", "3"}});
    auto& pool = warehouse(runtime);
    std::atomic<int> right{0};
    std::mutex mutex;
    std::vector<std::string> failures;
    std::vector<std::thread> workers;
    for (int worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] {
            try {
                for (int round = 0; round < kRounds; ++round) {
                    const auto lease = pool.acquire();
                    const auto number = worker * 100 + round;
                    right += numbers(*lease, "select " + std::to_string(number)) ==
                                     std::vector<std::int64_t>{number}
                                 ? 1
                                 : 0;
                }
            } catch (const std::exception& error) {
                const std::lock_guard lock{mutex};
                failures.emplace_back(error.what());
            }
        });
    }
    for (auto& worker : workers) {
        worker.join();
    }
    CHECK(failures == std::vector<std::string>{});
    CHECK(right == kWorkers * kRounds);
    const auto stats = pool.stats();
    CHECK(stats.opened <= 3);
    CHECK(stats.acquired == kWorkers * kRounds);
    CHECK(stats.closed_broken == 0);
}

TEST_CASE("a large result streams through bounded memory", "[integration][hive]") {
    constexpr std::size_t kRows = 300'000;
    skip_on_foreign_hive("range() is not everybody's");
    const AnyHive hive;
    auto runtime = hive.runtime({{"fetch_size", "5000"}});
    const auto lease = warehouse(runtime).acquire();
    const auto operation =
        lease->execute("select id, id * 2 from range(" + std::to_string(kRows) + ")");
    hive::Batch batch;
    std::size_t rows = 0;
    long first = 0;
    while (operation->fetch(batch)) {
        rows += batch.rows;
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        first = first == 0 ? usage.ru_maxrss : first;
        CHECK(usage.ru_maxrss - first < 32 * 1024);
    }
    CHECK(rows == kRows);
}
