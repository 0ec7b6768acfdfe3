// A process with a pool of several matches forks.

#include "integration/pool/fork_scene.hpp"
#include "pool/keyed_pool.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

struct KeyedScene {
    KeyedScene() {
        auto options = calm(2);
        options.match_by = "match";
        const PoolParts parts{
            .name = "keyed",
            .plugin = "test",
            .options = options,
            .connector = std::make_shared<TalkativeConnector>(server.socket().endpoint()),
            .config = {},
            .backend = backend,
            .endpoint = std::make_shared<EndpointState>()};
        pool = std::make_shared<KeyedPool>(parts, [parts](const std::string& match) {
            auto matched = parts;
            matched.config = parts.config.with("match", {match, "test"});
            return matched;
        });
        pool->start();
    }
    KeyedScene(const KeyedScene&) = delete;
    KeyedScene& operator=(const KeyedScene&) = delete;
    ~KeyedScene() { static_cast<void>(ends_by_itself()); }

    bool ends_by_itself() {
        const auto deadline = backend->clock().deadline_after(20s);
        pool->close(deadline);
        return backend->stop(deadline);
    }
    [[nodiscard]] Pool<LineSession>& typed() { return detail::typed<LineSession>(*pool); }

    RecordingServer server;
    std::shared_ptr<Backend> backend = make_thread_backend();
    std::shared_ptr<KeyedPool> pool;
};

// Both places at once, for a match that is known and for one that is not.
std::string use_in_child(KeyedScene& scene) {
    Expectations child;
    auto& pool = scene.typed();
    child.expect(pool.stats().total == 0, "the pool is empty");
    {
        const auto one = pool.acquire("a", 30s);
        const auto other = pool.acquire("new in the child", 30s);
        child.expect(one->ask("child") && other->ask("child"), "both connections answer");
        child.expect(pool.stats().lent == 2, "all of max_size is the child's");
        child.expect(pool.stats().acquired == 2, "the counters start anew");
    }
    child.expect(pool.acquire("b", 30s)->ask("child"), "a match takes another one's place");
    child.expect(scene.ends_by_itself(), "the child's threads end");
    return child.outcome();
}

TEST_CASE("a keyed pool's places are all free in the child, and its matches can be asked for",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    KeyedScene scene;
    auto& pool = scene.typed();
    const auto lease = pool.acquire("a", 30s);
    REQUIRE(lease->ask("parent"));
    REQUIRE(pool.acquire("b", 30s)->ask("parent"));
    CHECK(in_child([&] { return use_in_child(scene); }) == "");
    CHECK(lease->ask("parent"));
    CHECK(pool.acquire("b", 30s)->ask("parent"));
    CHECK(pool.stats().opened == 2);
    CHECK(scene.server.shared_by('p', 'c') == 0);
}

TEST_CASE("a fork while other threads ask for new matches hangs nobody",
          "[integration][pool][fork]") {
    skip_without_allocator_after_fork();
    constexpr int kForks = 100;
    KeyedScene scene;
    std::atomic<bool> is_over{false};
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; !is_over; ++round) {
                try {
                    const auto match = std::to_string(3 * round + i);
                    failures += scene.typed().acquire(match, 60s)->ask("parent") ? 0 : 1;
                } catch (...) {
                    ++failures;
                }
            }
        });
    }
    std::string report;
    for (int i = 0; i < kForks && report.empty(); ++i) {
        report = in_child([&] { return use_in_child(scene); });
    }
    CHECK(report == "");
    is_over = true;
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(failures == 0);
    CHECK(scene.server.shared_by('p', 'c') == 0);
}

}  // namespace
}  // namespace cistern::test
