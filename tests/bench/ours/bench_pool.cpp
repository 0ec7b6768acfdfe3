#include "bench_pool.hpp"

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::bench {
namespace {

Runtime make_runtime(const BenchPoolOptions& options) {
    RuntimeSpec spec;
    spec.pools.push_back({.name = "bench",
                          .plugin = "stub",
                          .options = {{"min_idle", std::to_string(options.min_idle)},
                                      {"max_size", std::to_string(options.max_size)},
                                      {"bypass_window", options.bypass_window},
                                      {"leak_threshold", "1min"}},
                          .settings = {{"connect_cost", options.connect_cost}}});
    return Runtime::from_spec(std::move(spec));
}

// A connection's first return teaches the pool that there is nothing to reset, which takes a task:
// the peers do nothing of the kind, and a pool that has run for a while does not either.
void use_all_once(Pool<stub::Session>& pool, std::uint32_t open) {
    std::vector<BenchPool::Held> held;
    for (std::uint32_t i = 0; i < open; ++i) {
        held.push_back(pool.acquire());
    }
    held.clear();
    while (pool.stats().idle < open) {
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

}  // namespace

BenchPool::BenchPool(const BenchPoolOptions& options)
    : runtime_{make_runtime(options)}, pool_{&runtime_.pool<stub::Session>("bench")} {
    pool_->warm_up(std::chrono::seconds{10});
    use_all_once(*pool_, options.min_idle);
}

}  // namespace cistern::bench
