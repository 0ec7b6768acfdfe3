// A borrow and return by itself: nobody waits, every connection is open.

#include "benches.hpp"
#include "engines.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <string>

namespace cistern::bench {
namespace {

constexpr std::uint32_t kSize = 32;

template <class Engine>
void plain(benchmark::State& state, Engine& engine) {
    for (auto _ : state) {
        auto held = engine.borrow();
        benchmark::DoNotOptimize(++held->uses);
    }
}

// Takes the next before giving the last one back.
template <class Engine>
void overlapping(benchmark::State& state, Engine& engine) {
    auto held = engine.borrow();
    for (auto _ : state) {
        auto next = engine.borrow();
        benchmark::DoNotOptimize(++next->uses);
        held = std::move(next);
    }
}

template <class Engine, class Argument>
void add(const std::string& name, const Argument& argument) {
    const auto engine = std::make_shared<Lazy<Engine>>();
    for (const int threads : {1, 2}) {
        benchmark::RegisterBenchmark(
            ("plain/" + name).c_str(),
            [=](benchmark::State& state) { plain(state, engine->get(argument)); })
            ->Threads(threads)
            ->UseRealTime();
        benchmark::RegisterBenchmark(
            ("overlap/" + name).c_str(),
            [=](benchmark::State& state) { overlapping(state, engine->get(argument)); })
            ->Threads(threads)
            ->UseRealTime();
    }
}

}  // namespace

void add_cycle_benches() {
    add<BenchPool>("cistern", BenchPoolOptions{});
    add<BenchPool>("cistern-bypass", BenchPoolOptions{.bypass_window = "50us"});
    add<Floor>("floor", kSize);
    add<MutexStack>("mutex", kSize);
    add<PocoPool<>>("poco", kSize);
}

}  // namespace cistern::bench
