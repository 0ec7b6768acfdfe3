// A pool that finds its size, over a real server that does one thing at a time.

#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/pool_observer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;
using std::chrono::steady_clock;

namespace {

struct Watcher final : cistern::PoolObserver {
    void on_size_proposed(std::string_view, const cistern::SizeProposal& proposal) override {
        ++proposals;
        strays += proposal.to < 2 || proposal.to > 12 || !proposal.is_applied ? 1 : 0;
    }
    std::atomic<int> proposals{0};
    std::atomic<int> strays{0};
};

cistern::Runtime adaptive_runtime(const RedisServer& server, std::shared_ptr<Watcher> watcher) {
    cistern::RuntimeSpec spec;
    spec.pools.push_back({.name = "cache",
                          .plugin = "redis",
                          .options = {{"max_size", "12"},
                                      {"adaptive", "on"},
                                      {"adaptive.min_size", "2"},
                                      {"adaptive.interval", "50ms"},
                                      {"adaptive.samples", "32"},
                                      {"reap_interval", "10ms"}},
                          .settings = {{"endpoint", server.endpoint()}}});
    spec.observer = std::move(watcher);
    return cistern::Runtime::from_spec(std::move(spec));
}

}  // namespace

TEST_CASE("an adaptive pool leaves a server that does one thing at a time few connections",
          "[integration][redis]") {
    RedisServer server{{"--enable-debug-command", "yes"}};
    const auto watcher = std::make_shared<Watcher>();
    auto runtime = adaptive_runtime(server, watcher);
    auto& pool = cache(runtime);
    std::atomic<bool> is_over{false};
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            while (!is_over) {
                try {
                    pool.acquire(10s)->command({"DEBUG", "SLEEP", "0.001"}, 10s);
                } catch (const std::exception&) {
                    ++failures;
                }
            }
        });
    }
    const auto give_up = steady_clock::now() + 150s;
    auto smallest = pool.stats().max_size;
    while (smallest > 4 && steady_clock::now() < give_up) {
        std::this_thread::sleep_for(20ms);
        smallest = std::min(smallest, pool.stats().max_size);
    }
    is_over = true;
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(smallest <= 4);
    CHECK(failures == 0);
    CHECK(watcher->proposals > 0);
    CHECK(watcher->strays == 0);
    CHECK(pool.stats().proposed_size == pool.stats().max_size);
}
