// Pools that share their places, on real threads.

#include "backend/thread/thread_backend.hpp"
#include "pool/keyed_pool.hpp"

#include <cistern/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace cistern {
namespace {

using namespace std::chrono_literals;

struct MatchedSession {
    MatchedSession() = default;
    MatchedSession(const MatchedSession&) = delete;
    MatchedSession& operator=(const MatchedSession&) = delete;
    virtual ~MatchedSession() = default;
    std::string match;
    std::atomic<int> owners{0};
};

struct Tally {
    std::atomic<int> alive{0};
    std::atomic<int> most_alive{0};
};

class MatchedConnection final : public Connection, public MatchedSession {
public:
    MatchedConnection(std::string wanted, Tally& tally) : tally_{tally} {
        match = std::move(wanted);
        const int alive = ++tally_.alive;
        int most = tally_.most_alive;
        while (alive > most && !tally_.most_alive.compare_exchange_weak(most, alive)) {
        }
    }
    ~MatchedConnection() override { --tally_.alive; }
    void validate(Deadline) override {}

private:
    Tally& tally_;
};

class MatchedConnector final : public Connector {
public:
    std::unique_ptr<Connection> connect(IoContext&,
                                        const ConnectorConfig& conf,
                                        Deadline) override {
        return std::make_unique<MatchedConnection>(conf.text("match", ""), tally);
    }
    Tally tally;
};

struct Results {
    std::atomic<int> served{0};
    std::atomic<int> failed{0};
    std::atomic<int> strays{0};
    std::atomic<int> overlaps{0};
};

void use(Pool<MatchedSession>& pool, unsigned seed, unsigned matches, Results& results) {
    std::mt19937 random{seed};
    for (int round = 0; round < 1500; ++round) {
        const auto match = std::to_string(random() % matches);
        try {
            const auto lease = pool.acquire(match, 60s);
            results.overlaps += lease->owners.fetch_add(1) == 0 ? 0 : 1;
            results.strays += lease->match == match ? 0 : 1;
            if (random() % 4 == 0) {
                std::this_thread::yield();
            }
            lease->owners.fetch_sub(1);
            ++results.served;
        } catch (const Error&) {
            ++results.failed;
        }
    }
}

TEST_CASE("whoever waits for a match is served, and all matches keep to max_size",
          "[integration][pool]") {
    constexpr int kThreads = 8;
    const auto matches = GENERATE(2U, 5U, 40U);
    const auto backend = make_thread_backend();
    const auto connector = std::make_shared<MatchedConnector>();
    PoolOptions options;
    options.max_size = 3;
    options.match_by = "match";
    PoolParts parts{.name = "keyed",
                    .plugin = "test",
                    .options = options,
                    .connector = connector,
                    .config = {},
                    .backend = backend};
    const auto pool = std::make_shared<KeyedPool>(parts, [parts](const std::string& match) {
        auto matched = parts;
        matched.config = parts.config.with("match", {match, "test"});
        return matched;
    });
    pool->start();
    auto& typed = detail::typed<MatchedSession>(*pool);
    Results results;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { use(typed, static_cast<unsigned>(i), matches, results); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(results.served == kThreads * 1500);
    CHECK(results.failed == 0);
    CHECK(results.strays == 0);
    CHECK(results.overlaps == 0);
    CHECK(connector->tally.most_alive <= 3);
    CHECK(pool->stats().acquired == kThreads * 1500U);
    const auto deadline = backend->clock().deadline_after(10s);
    pool->close(deadline);
    backend->stop(deadline);
    CHECK(connector->tally.alive == 0);
}

}  // namespace
}  // namespace cistern
