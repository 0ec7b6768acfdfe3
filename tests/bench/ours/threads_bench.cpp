// More threads than connections.

#include "benches.hpp"
#include "engines.hpp"
#include "window.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

namespace cistern::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kThreads = 8;

void report(benchmark::State& state, const WindowResult& result) {
    state.SetIterationTime(result.nanoseconds_per_cycle * 1e-9);
    state.counters["slowest_by_fastest"] = result.slowest_by_fastest;
    if (!result.waits_us.empty()) {
        state.counters["p50_us"] = quantile(result.waits_us, 0.5);
        state.counters["p99_us"] = quantile(result.waits_us, 0.99);
        state.counters["p999_us"] = quantile(result.waits_us, 0.999);
        state.counters["max_us"] = result.waits_us.back();
        state.counters["waits"] = static_cast<double>(result.waits_us.size());
    }
}

// Four connections, each held for a query's time by a thread that sleeps meanwhile.
template <class Engine>
WindowResult hold(Engine& engine, const WindowLength& length) {
    return run_window(kThreads, length.lead_in, length.measured, [&](WindowThread& part) {
        while (part.goes_on()) {
            const auto asked = Clock::now();
            auto held = engine.borrow();
            part.note_wait(Clock::now() - asked);
            ++held->uses;
            nap(100us);
            part.count(1);
        }
    });
}

// One connection and nothing to do with it: nothing but hand-overs.
template <class Engine>
WindowResult crowd(Engine& engine, const WindowLength& length) {
    return run_window(kThreads, length.lead_in, length.measured, [&](WindowThread& part) {
        while (part.goes_on()) {
            constexpr int kBatch = 16;  // so that looking at the time costs nothing
            for (int i = 0; i < kBatch; ++i) {
                ++engine.borrow()->uses;
            }
            part.count(kBatch);
        }
    });
}

template <class Engine, class Of>
void add(const std::string& name, const WindowLength& length, Of of) {
    const auto in_window = [&](const std::string& work, auto run, std::uint32_t size) {
        benchmark::RegisterBenchmark((work + '/' + name).c_str(),
                                     [=](benchmark::State& state) {
                                         Engine engine{of(size)};
                                         for (auto _ : state) {
                                             report(state, run(engine, length));
                                         }
                                     })
            ->Iterations(1)
            ->UseManualTime();
    };
    in_window(
        "hold", [](Engine& engine, const auto& of_time) { return hold(engine, of_time); }, 4);
    in_window(
        "crowd", [](Engine& engine, const auto& of_time) { return crowd(engine, of_time); }, 1);
}

}  // namespace

void add_threads_benches(const WindowLength& length) {
    const auto pool = [](const std::string& bypass_window) {
        return [=](std::uint32_t size) {
            return BenchPoolOptions{
                .min_idle = size, .max_size = size, .bypass_window = bypass_window};
        };
    };
    const auto size_alone = [](std::uint32_t size) { return size; };
    add<BenchPool>("cistern", length, pool("0ms"));
    add<BenchPool>("cistern-bypass", length, pool("50us"));
    add<Floor>("floor", length, size_alone);
    add<MutexStack>("mutex", length, size_alone);
    add<PocoPool<>>("poco", length, size_alone);
}

}  // namespace cistern::bench
