// Fifty callers at one instant upon a pool with five open connections, when opening one more takes
// far longer than waiting would.

#include "benches.hpp"
#include "engines.hpp"
#include "window.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>
#include <vector>

namespace cistern::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kCallers = 50;
constexpr std::uint32_t kOpen = 5;
constexpr auto kConnectCost = 150ms;
constexpr auto kWork = 2ms;
constexpr auto kUntilSettled = 700ms;

template <class Borrow>
std::chrono::duration<double> makespan(Borrow borrow) {
    std::barrier start{kCallers + 1};
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCallers; ++i) {
        callers.emplace_back([&] {
            start.arrive_and_wait();
            const auto held = borrow();
            nap(kWork);
        });
    }
    nap(20ms);
    const auto began = Clock::now();
    start.arrive_and_wait();
    callers.clear();
    return Clock::now() - began;
}

template <class Borrow, class Opened>
void spike(benchmark::State& state, Borrow borrow, Opened opened) {
    for (auto _ : state) {
        const auto before = opened();
        state.SetIterationTime(makespan(borrow).count());
        state.counters["opened"] = static_cast<double>(opened() - before);
        std::this_thread::sleep_for(kUntilSettled);
        state.counters["opened_later"] = static_cast<double>(opened() - before);
    }
}

struct SlowFactory : Poco::PoolableObjectFactory<Stub> {
    static inline std::atomic<int> made{0};
    Stub* createObject() {
        if (++made > static_cast<int>(kOpen)) {
            nap(kConnectCost);
        }
        return Poco::PoolableObjectFactory<Stub>::createObject();
    }
};

}  // namespace

void add_spike_benches() {
    benchmark::RegisterBenchmark(
        "spike/cistern",
        [](benchmark::State& state) {
            BenchPool engine{{.min_idle = kOpen, .max_size = kCallers, .connect_cost = "150ms"}};
            spike(
                state,
                [&] { return engine.borrow(); },
                [&] { return engine.pool().stats().opened; });
        })
        ->Iterations(1)
        ->UseManualTime();
    benchmark::RegisterBenchmark(
        "spike/poco",
        [](benchmark::State& state) {
            SlowFactory::made = 0;
            PocoPool<SlowFactory> engine{kOpen, kCallers};
            spike(
                state, [&] { return engine.borrow(); }, [] { return SlowFactory::made.load(); });
        })
        ->Iterations(1)
        ->UseManualTime();
}

}  // namespace cistern::bench
