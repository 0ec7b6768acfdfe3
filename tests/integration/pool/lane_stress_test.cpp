// The express lane on real threads: what the lock no longer orders.

#include "integration/pool/threaded_pool.hpp"

#include <cistern/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

struct CountingSession {
    CountingSession() = default;
    CountingSession(const CountingSession&) = delete;
    CountingSession& operator=(const CountingSession&) = delete;
    virtual ~CountingSession() = default;
    long uses = 0;  // not atomic on purpose: the lane must order its writes
};

class PlainConnection final : public Connection, public CountingSession {
    void validate(Deadline) override {}
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }
};

class PlainConnector final : public Connector {
    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        return std::make_unique<PlainConnection>();
    }
};

PoolOptions options_of(std::uint32_t max_size, std::chrono::nanoseconds bypass_window) {
    PoolOptions options;
    options.max_size = max_size;
    options.bypass_window = bypass_window;
    options.validate_after_idle = 4ms;  // swept every millisecond
    options.reap_interval = 1ms;
    return options;
}

struct Scene : ThreadedPool {
    explicit Scene(std::uint32_t max_size, std::chrono::nanoseconds bypass_window = 0us)
        : ThreadedPool{std::make_unique<PlainConnector>(), options_of(max_size, bypass_window)} {}
    [[nodiscard]] Pool<CountingSession>& typed() { return detail::typed<CountingSession>(*pool); }
};

template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([=] { work(i); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
}

TEST_CASE("whoever waits is served, whatever went through the lane meanwhile",
          "[integration][pool][lane]") {
    constexpr int kRounds = 1500;
    const auto size = GENERATE(1u, 2u, 3u);
    const auto window = GENERATE(0us, 50us);
    const auto threads = GENERATE(2, 8);
    Scene scene{size, window};
    auto& pool = scene.typed();
    std::atomic<int> lost{0};
    in_threads(threads, [&](int seed) {
        std::mt19937 random{static_cast<unsigned>(seed)};
        for (int round = 0; round < kRounds; ++round) {
            try {
                const auto lease = pool.acquire(10s);
                ++lease->uses;
                if (random() % 64 == 0) {
                    std::this_thread::yield();
                }
            } catch (const AcquireTimeout&) {
                ++lost;
            }
        }
    });
    CHECK(lost == 0);
    const auto stats = pool.stats();
    CHECK(stats.acquired == static_cast<std::uint64_t>(threads) * kRounds);
    CHECK(stats.released == stats.acquired);
    CHECK(stats.lent == 0);
    CHECK(stats.waiting == 0);
    CHECK(stats.opened - stats.closed == stats.idle);
    CHECK(stats.opened <= size);
    long uses = 0;
    std::vector<Lease<CountingSession>> all;
    while (auto lease = pool.try_acquire()) {
        uses += (*lease)->uses;
        all.push_back(std::move(*lease));
    }
    CHECK(uses == static_cast<long>(threads) * kRounds);
}

TEST_CASE("nobody who comes later passes a caller who is seen to wait",
          "[integration][pool][lane]") {
    constexpr int kRounds = 300;
    Scene scene{1};
    auto& pool = scene.typed();
    pool.acquire().release();
    int overtaken = 0;
    for (int round = 0; round < kRounds; ++round) {
        auto lease = pool.acquire();
        std::atomic<bool> is_served{false};
        std::thread first{[&] {
            const auto own = pool.acquire();
            is_served = true;
        }};
        while (pool.stats().waiting == 0) {
            std::this_thread::yield();
        }
        std::thread second{[&] {
            while (true) {
                if (const auto own = pool.try_acquire()) {
                    overtaken += is_served ? 0 : 1;
                    return;
                }
            }
        }};
        lease.release();
        first.join();
        second.join();
    }
    CHECK(overtaken == 0);
}

TEST_CASE("the lane can be emptied at any moment under load", "[integration][pool][lane]") {
    Scene scene{4};
    auto& pool = scene.typed();
    std::atomic<bool> is_over{false};
    std::atomic<int> misfits{0};
    std::thread watcher{[&] {
        while (!is_over) {
            const auto holders = pool.holders();  // takes everything out
            const auto stats = pool.stats();
            const auto total =
                stats.idle + stats.lent + stats.connecting + stats.validating + stats.closing;
            const bool fits = holders.size() <= 4 && stats.total == total &&
                              stats.acquired == stats.released + stats.lent;
            misfits += fits ? 0 : 1;
        }
    }};
    in_threads(3, [&](int) {
        for (int round = 0; round < 20'000; ++round) {
            const auto lease = pool.acquire(10s);
            ++lease->uses;
        }
    });
    is_over = true;
    watcher.join();
    CHECK(misfits == 0);
    CHECK(pool.stats().acquired == 60'000);
    CHECK(pool.drain(10s));
    CHECK(pool.stats().total == 0);
}

// What goes wrong there ends the program with a signal.
TEST_CASE("a pool that a static object owns can be closed when the program ends",
          "[integration][pool]") {
    static Scene scene{1};
    scene.typed().acquire().release();
    CHECK(scene.typed().stats().total == 1);
}

}  // namespace
}  // namespace cistern::test
