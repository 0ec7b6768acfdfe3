#include "bench_pool.hpp"

#include "support/use_all_once.hpp"

#include <chrono>
#include <utility>

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

}  // namespace

BenchPool::BenchPool(const BenchPoolOptions& options)
    : runtime_{make_runtime(options)}, pool_{&runtime_.pool<stub::Session>("bench")} {
    pool_->warm_up(std::chrono::seconds{10});
    test::use_all_once(*pool_, options.min_idle);
}

}  // namespace cistern::bench
