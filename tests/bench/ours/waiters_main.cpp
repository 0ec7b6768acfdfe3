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

// Where threads wait until all are there and may start.
class StartLine {
public:
    explicit StartLine(int count) : count_{count} {}
    void await_start() {
        ++ready_;
        may_start_.wait(false);
    }
    void await_all_ready() const {
        while (ready_ < count_) {
            std::this_thread::sleep_for(1ms);
        }
    }
    void start() {
        may_start_ = true;
        may_start_.notify_all();
    }

private:
    const int count_;
    std::atomic<bool> may_start_{false};
    std::atomic<int> ready_{0};
};

void await_all_waiting(const Pool<stub::Session>& pool, int count) {
    while (pool.stats().waiting < static_cast<std::uint32_t>(count)) {
        std::this_thread::sleep_for(1ms);
    }
}

struct Lateness {
    std::vector<double> late_ms;
    double heap_bytes_per_waiter = 0;
    int served = 0;
};

Lateness time_out_together(Pool<stub::Session>& pool, int count) {
    StartLine line{count};
    Clock::time_point due{};
    Lateness result;
    result.late_ms.resize(static_cast<std::size_t>(count));
    std::atomic<int> served{0};
    const auto held = pool.acquire();
    ManyThreads threads{count, [&](int index) {
                            line.await_start();
                            try {
                                const auto lease = pool.acquire(due - Clock::now());
                                ++served;
                            } catch (const AcquireTimeout&) {
                                const std::chrono::duration<double, std::milli> late =
                                    Clock::now() - due;
                                result.late_ms[static_cast<std::size_t>(index)] = late.count();
                            }
                        }};
    line.await_all_ready();
    const long before = live_bytes();
    due = Clock::now() + 4s;
    line.start();
    await_all_waiting(pool, count);
    result.heap_bytes_per_waiter = static_cast<double>(live_bytes() - before) / count;
    threads.join();
    result.served = served;
    std::sort(result.late_ms.begin(), result.late_ms.end());
    return result;
}

// What the system itself needs to run that many threads at one instant.
std::vector<double> sleep_together(int count) {
    std::vector<double> late_ms(static_cast<std::size_t>(count));
    StartLine line{count};
    Clock::time_point due{};
    ManyThreads threads{count, [&](int index) {
                            line.await_start();
                            std::this_thread::sleep_until(due);
                            const std::chrono::duration<double, std::milli> late =
                                Clock::now() - due;
                            late_ms[static_cast<std::size_t>(index)] = late.count();
                        }};
    line.await_all_ready();
    due = Clock::now() + 2s;
    line.start();
    threads.join();
    std::sort(late_ms.begin(), late_ms.end());
    return late_ms;
}

double serve_all_ms(Pool<stub::Session>& pool, int count) {
    StartLine line{count};
    auto held = pool.acquire();
    ManyThreads threads{count, [&](int) {
                            line.await_start();
                            std::ignore = pool.acquire(60s);
                        }};
    line.await_all_ready();
    line.start();
    await_all_waiting(pool, count);
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
