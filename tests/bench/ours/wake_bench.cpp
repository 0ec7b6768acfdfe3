// From the moment before a connection is given back until the thread that waits for it runs.

#include "bench_pool.hpp"
#include "benches.hpp"
#include "window.hpp"

#include <benchmark/benchmark.h>

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace cistern::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kRounds = 200;
constexpr auto kTimeToFallAsleep = 300us;

void run_on(int cpu) {
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    CPU_SET(cpu, &wanted);
    ::sched_setaffinity(0, sizeof wanted, &wanted);
}

// Each way of waking: hold() before the other side waits, wake() lets it go on, and await() in the
// other thread, which keeps what that returns until it has looked at the clock.
class PoolWake {
public:
    void hold() { held_ = pool_.borrow(); }
    void wake() { held_->release(); }
    BenchPool::Held await() { return pool_.borrow(); }

private:
    BenchPool pool_{{.min_idle = 1, .max_size = 1}};
    std::optional<BenchPool::Held> held_;
};

class FutexWake {
public:
    void hold() { word_ = 0; }
    void wake() {
        word_ = 1;
        call(FUTEX_WAKE_PRIVATE, 1);
    }
    bool await() {
        while (word_ == 0) {
            call(FUTEX_WAIT_PRIVATE, 0);
        }
        return true;
    }

private:
    void call(int operation, int value) {
        ::syscall(SYS_futex, reinterpret_cast<int*>(&word_), operation, value, nullptr);
    }
    std::atomic<int> word_{0};
};

class ConditionWake {
public:
    void hold() { is_free_ = false; }
    void wake() {
        {
            const std::lock_guard lock{mutex_};
            is_free_ = true;
        }
        condition_.notify_one();
    }
    bool await() {
        std::unique_lock lock{mutex_};
        condition_.wait(lock, [this] { return is_free_; });
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable condition_;
    bool is_free_ = false;
};

template <class Way>
std::vector<double> latencies_us(Way& way, int waker_cpu, int waiter_cpu) {
    std::binary_semaphore may_wait{0};
    std::binary_semaphore has_run{0};
    Clock::time_point ran;
    std::jthread waiter{[&] {
        run_on(waiter_cpu);
        for (int round = 0; round < kRounds; ++round) {
            may_wait.acquire();
            {
                [[maybe_unused]] const auto held = way.await();
                ran = Clock::now();
            }
            has_run.release();
        }
    }};
    std::vector<double> latencies;
    std::jthread waker{[&] {
        run_on(waker_cpu);
        for (int round = 0; round < kRounds; ++round) {
            way.hold();
            may_wait.release();
            nap(kTimeToFallAsleep);
            const auto woke = Clock::now();
            way.wake();
            has_run.acquire();
            latencies.push_back(std::chrono::duration<double, std::micro>(ran - woke).count());
        }
    }};
    waker.join();
    std::sort(latencies.begin(), latencies.end());
    return latencies;
}

template <class Way>
void add(const std::string& name) {
    // Two threads on one processor show what waking costs; on two, how long a processor takes to
    // wake.
    for (const bool is_across : {false, true}) {
        const auto label = "wake/" + name + (is_across ? "/across" : "/same");
        benchmark::RegisterBenchmark(label.c_str(),
                                     [is_across](benchmark::State& state) {
                                         Way way;
                                         for (auto _ : state) {
                                             const auto waits =
                                                 latencies_us(way, 0, is_across ? 1 : 0);
                                             state.SetIterationTime(quantile(waits, 0.5) * 1e-6);
                                             state.counters["p99_us"] = quantile(waits, 0.99);
                                         }
                                     })
            ->Iterations(1)
            ->UseManualTime();
    }
}

}  // namespace

void add_wake_benches() {
    add<PoolWake>("cistern");
    add<FutexWake>("futex");
    add<ConditionWake>("condvar");
}

}  // namespace cistern::bench
