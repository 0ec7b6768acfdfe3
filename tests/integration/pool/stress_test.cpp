// The pool on real threads: what no single-threaded schedule can show.

#include "backend/thread/thread_backend.hpp"
#include "pool/pool_impl.hpp"

#include <cistern/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace cistern {
namespace {

using namespace std::chrono_literals;

// Written by whoever has the connection; two at a time would show.
struct OwnedSession {
    OwnedSession() = default;
    OwnedSession(const OwnedSession&) = delete;
    OwnedSession& operator=(const OwnedSession&) = delete;
    virtual ~OwnedSession() = default;
    std::atomic<int> owners{0};
    long uses = 0;  // not atomic on purpose: leases must order its writes
};

struct Tally {
    std::atomic<int> opened{0};
    std::atomic<int> alive{0};
    std::atomic<int> most_alive{0};
    std::atomic<int> overlaps{0};
    std::atomic<unsigned> calls{0};
    std::atomic<bool> is_moody{true};  // some connects, validations and resets fail
};

class StressConnection final : public Connection, public OwnedSession {
public:
    explicit StressConnection(Tally& tally) : tally_{tally} {
        ++tally_.opened;
        const int alive = ++tally_.alive;
        int most = tally_.most_alive;
        while (alive > most && !tally_.most_alive.compare_exchange_weak(most, alive)) {
        }
    }
    ~StressConnection() override { --tally_.alive; }

    void validate(Deadline) override { as_owner(11); }
    void reset(Deadline) override { as_owner(13); }
    [[nodiscard]] bool needs_reset() const noexcept override { return uses % 7 == 0; }
    [[nodiscard]] bool is_broken() const noexcept override { return uses % 101 == 100; }

private:
    void as_owner(unsigned one_in) {
        tally_.overlaps += owners.fetch_add(1) == 0 ? 0 : 1;
        ++uses;
        owners.fetch_sub(1);
        if (tally_.is_moody && ++tally_.calls % one_in == 0) {
            throw IoError{"a bad day"};
        }
    }

    Tally& tally_;
};

class StressConnector final : public Connector {
public:
    explicit StressConnector(std::shared_ptr<Tally> tally) : tally_{std::move(tally)} {}
    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        if (tally_->is_moody && ++tally_->calls % 5 == 0) {
            throw ConnectError{"busy"};
        }
        return std::make_unique<StressConnection>(*tally_);
    }

private:
    std::shared_ptr<Tally> tally_;
};

struct Results {
    std::atomic<long> leases{0};
    std::atomic<long> timeouts{0};
    std::atomic<long> failures{0};
    std::atomic<long> overlaps{0};
    std::atomic<long> strangers{0};  // errors nobody expected
};

void use(Pool<OwnedSession>& pool, unsigned seed, int rounds, Results& results) {
    std::mt19937 random{seed};
    for (int round = 0; round < rounds; ++round) {
        try {
            auto lease = pool.acquire(std::chrono::microseconds{random() % 20'000});
            results.overlaps += lease->owners.fetch_add(1) == 0 ? 0 : 1;
            ++lease->uses;
            if (random() % 4 == 0) {
                std::this_thread::yield();
            }
            lease->owners.fetch_sub(1);
            ++results.leases;
            if (random() % 16 == 0) {
                lease.discard();
            }
        } catch (const AcquireTimeout&) {
            ++results.timeouts;
        } catch (const ConnectError&) {
            ++results.failures;
        } catch (...) {
            ++results.strangers;
        }
    }
}

PoolOptions stress_options(LendOrder order,
                           std::chrono::nanoseconds bypass_window,
                           std::chrono::nanoseconds validate_after_idle = 4ms) {
    PoolOptions options;
    options.max_size = 4;
    options.min_idle = 1;
    options.order = order;
    options.bypass_window = bypass_window;
    options.validate_after_idle = validate_after_idle;
    options.keepalive_interval = 3ms;
    options.idle_timeout = 5ms;
    options.max_lifetime = 20ms;
    options.reap_interval = 1ms;
    options.leak_threshold = 1s;
    options.retry.initial_delay = 100us;
    options.retry.max_delay = 1ms;
    return options;
}

TEST_CASE("many threads share a pool, and no connection has two owners", "[integration][pool]") {
    constexpr int kThreads = 12;
    constexpr int kRounds = 1500;
    const auto order = GENERATE(LendOrder::kLifo, LendOrder::kOldest);
    const auto window = GENERATE(0us, 50us);
    const auto validate_after_idle = GENERATE(200us, 4ms);  // without the express lane, and with
    const auto tally = std::make_shared<Tally>();
    const auto backend = make_thread_backend();
    auto pool = make_pool({.name = "stress",
                           .plugin = "stress",
                           .options = stress_options(order, window, validate_after_idle),
                           .connector = std::make_unique<StressConnector>(tally),
                           .config = {},
                           .backend = backend});
    pool->start();
    auto& typed = detail::typed<OwnedSession>(*pool);
    Results results;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { use(typed, static_cast<unsigned>(i), kRounds, results); });
    }
    for (auto& thread : threads) {
        thread.join();
    }

    // The server works from now on: everybody who asks is served.
    tally->is_moody = false;
    for (int i = 0; i < 20; ++i) {
        typed.acquire(10s).release();
    }
    CHECK(typed.drain(10s));
    const auto stats = typed.stats();
    CHECK(results.overlaps == 0);
    CHECK(tally->overlaps == 0);
    CHECK(results.strangers == 0);
    CHECK(results.leases + results.timeouts + results.failures == kThreads * kRounds);
    CHECK(results.leases > 0);
    CHECK(stats.acquired == static_cast<std::uint64_t>(results.leases) + 20);
    CHECK(stats.released == stats.acquired);
    CHECK(stats.lent == 0);
    CHECK(stats.waiting == 0);
    CHECK(tally->most_alive <= 4);

    pool->close(backend->clock().deadline_after(10s));
    CHECK(pool->stats().total == 0);
    CHECK(backend->stop(backend->clock().deadline_after(10s)));
    CHECK(tally->alive == 0);
    CHECK(pool->stats().closed == pool->stats().opened);
}

TEST_CASE("a pool that closes under load refuses everybody and loses nothing",
          "[integration][pool]") {
    for (int repetition = 0; repetition < 10; ++repetition) {
        const auto tally = std::make_shared<Tally>();
        tally->is_moody = false;
        const auto backend = make_thread_backend();
        auto pool = make_pool({.name = "stress",
                               .plugin = "stress",
                               .options = stress_options(LendOrder::kLifo, 0us),
                               .connector = std::make_unique<StressConnector>(tally),
                               .config = {},
                               .backend = backend});
        pool->start();
        auto& typed = detail::typed<OwnedSession>(*pool);
        std::atomic<int> refused{0};
        std::atomic<int> strangers{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                try {
                    while (true) {
                        typed.acquire(10s).release();
                    }
                } catch (const PoolClosed&) {
                    ++refused;
                } catch (...) {
                    ++strangers;
                }
            });
        }
        while (typed.stats().acquired < 100) {
            std::this_thread::yield();
        }
        pool->close(backend->clock().deadline_after(10s));
        for (auto& thread : threads) {
            thread.join();
        }
        CHECK(refused == 8);
        CHECK(strangers == 0);
        CHECK(backend->stop(backend->clock().deadline_after(10s)));
        pool.reset();
        CHECK(tally->alive == 0);
    }
}

TEST_CASE("leases end on other threads after the pool and the backend are gone",
          "[integration][pool]") {
    const auto tally = std::make_shared<Tally>();
    tally->is_moody = false;
    std::vector<Lease<OwnedSession>> leases;
    {
        const auto backend = make_thread_backend();
        auto pool = make_pool({.name = "stress",
                               .plugin = "stress",
                               .options = stress_options(LendOrder::kLifo, 0us),
                               .connector = std::make_unique<StressConnector>(tally),
                               .config = {},
                               .backend = backend});
        pool->start();
        for (int i = 0; i < 4; ++i) {
            leases.push_back(detail::typed<OwnedSession>(*pool).acquire(10s));
        }
        pool->close(backend->clock().deadline_after(1s));
        CHECK(backend->stop(backend->clock().deadline_after(10s)));
    }
    CHECK(tally->alive == 4);
    std::vector<std::thread> threads;
    for (auto& lease : leases) {
        threads.emplace_back([moved = std::move(lease)]() mutable { moved.release(); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(tally->alive == 0);
}

}  // namespace
}  // namespace cistern
