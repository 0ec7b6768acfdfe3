// cistern_bench_waiters [COUNT]
//
// That many threads wait for one connection: what each costs in memory beyond its thread, how late
// the last one learns that its time is up when all their times end at one instant, and how long it
// takes to serve them one after the other. Prints one line of JSON.

#include "bench_pool.hpp"
#include "counted_memory.hpp"
#include "window.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cistern::bench {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// Threads with small stacks, for there are many.
class ManyThreads {
public:
    ManyThreads(int count, std::function<void(int)> run) : run_{std::move(run)} {
        constexpr std::size_t kStackBytes = 128UL * 1024;
        pthread_attr_t attributes;
        ::pthread_attr_init(&attributes);
        ::pthread_attr_setstacksize(&attributes, kStackBytes);
        starts_.resize(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            auto& start = starts_[static_cast<std::size_t>(i)];
            start = {this, i, {}};
            if (::pthread_create(&start.thread, &attributes, &ManyThreads::enter, &start) != 0) {
                throw std::runtime_error{"this system does not allow so many threads"};
            }
        }
        ::pthread_attr_destroy(&attributes);
    }
    void join() {
        for (const auto& start : starts_) {
            ::pthread_join(start.thread, nullptr);
        }
    }

private:
    struct Start {
        ManyThreads* all = nullptr;
        int index = 0;
        pthread_t thread{};
    };
    static void* enter(void* given) {
        const auto& start = *static_cast<Start*>(given);
        start.all->run_(start.index);
        return nullptr;
    }
    std::function<void(int)> run_;
    std::vector<Start> starts_;
};

struct Crowd {
    Pool<stub::Session>& pool;
    int count;
    std::atomic<bool> may_ask{false};
    std::atomic<int> ready{0};
    Clock::time_point due{};

    void await_start() {
        ++ready;
        may_ask.wait(false);
    }
    void start() {
        while (ready < count) {
            std::this_thread::sleep_for(1ms);
        }
        may_ask = true;
        may_ask.notify_all();
    }
    void await_all_waiting() const {
        while (pool.stats().waiting < static_cast<std::uint32_t>(count)) {
            std::this_thread::sleep_for(1ms);
        }
    }
};

struct Lateness {
    std::vector<double> late_ms;
    double heap_bytes_per_waiter = 0;
    int served = 0;
};

Lateness time_out_together(Pool<stub::Session>& pool, int count) {
    Crowd crowd{.pool = pool, .count = count};
    Lateness result;
    result.late_ms.resize(static_cast<std::size_t>(count));
    std::atomic<int> served{0};
    const auto held = pool.acquire();
    ManyThreads threads{count, [&](int index) {
                            crowd.await_start();
                            try {
                                const auto lease = pool.acquire(crowd.due - Clock::now());
                                ++served;
                            } catch (const AcquireTimeout&) {
                                const std::chrono::duration<double, std::milli> late =
                                    Clock::now() - crowd.due;
                                result.late_ms[static_cast<std::size_t>(index)] = late.count();
                            }
                        }};
    const long before = live_bytes();
    crowd.due = Clock::now() + 4s;
    crowd.start();
    crowd.await_all_waiting();
    result.heap_bytes_per_waiter = static_cast<double>(live_bytes() - before) / count;
    threads.join();
    result.served = served;
    std::sort(result.late_ms.begin(), result.late_ms.end());
    return result;
}

// What the system itself needs to run that many threads at one instant.
std::vector<double> sleep_together(int count) {
    std::vector<double> late_ms(static_cast<std::size_t>(count));
    std::atomic<int> ready{0};
    std::atomic<bool> may_sleep{false};
    Clock::time_point due{};
    ManyThreads threads{count, [&](int index) {
                            ++ready;
                            may_sleep.wait(false);
                            std::this_thread::sleep_until(due);
                            const std::chrono::duration<double, std::milli> late =
                                Clock::now() - due;
                            late_ms[static_cast<std::size_t>(index)] = late.count();
                        }};
    while (ready < count) {
        std::this_thread::sleep_for(1ms);
    }
    due = Clock::now() + 2s;
    may_sleep = true;
    may_sleep.notify_all();
    threads.join();
    std::sort(late_ms.begin(), late_ms.end());
    return late_ms;
}

double serve_all_ms(Pool<stub::Session>& pool, int count) {
    Crowd crowd{.pool = pool, .count = count};
    auto held = pool.acquire();
    ManyThreads threads{count, [&](int) {
                            crowd.await_start();
                            std::ignore = pool.acquire(60s);
                        }};
    crowd.start();
    crowd.await_all_waiting();
    const auto began = Clock::now();
    held.release();
    threads.join();
    return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

}  // namespace
}  // namespace cistern::bench

int main(int argc, char** argv) try {
    using namespace cistern::bench;
    const int count = argc > 1 ? std::atoi(argv[1]) : 10'000;
    BenchPool bench{{.min_idle = 1, .max_size = 1}};
    const auto together = time_out_together(bench.pool(), count);
    const auto system = sleep_together(count);
    const auto serving = serve_all_ms(bench.pool(), count);
    std::cout << "{\"waiters\": " << count
              << ", \"heap_bytes_per_waiter\": " << together.heap_bytes_per_waiter
              << ", \"served_instead\": " << together.served
              << ", \"late_p50_ms\": " << quantile(together.late_ms, 0.5)
              << ", \"late_p999_ms\": " << quantile(together.late_ms, 0.999)
              << ", \"late_max_ms\": " << quantile(together.late_ms, 1)
              << ", \"floor_late_p999_ms\": " << quantile(system, 0.999)
              << ", \"floor_late_max_ms\": " << quantile(system, 1)
              << ", \"serve_all_ms\": " << serving << "}\n";
} catch (const std::exception& error) {
    std::cerr << "cistern_bench_waiters: " << error.what() << '\n';
    return 1;
}
