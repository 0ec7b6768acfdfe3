// One pool for threads, fibers and coroutines at once.

#include "support/tcp_scene.hpp"

#include <cistern/asio.hpp>
#include <cistern/fiber.hpp>

#include <boost/asio.hpp>
#include <boost/fiber/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

void wait_until(const std::function<bool()>& is_reached) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!is_reached() && std::chrono::steady_clock::now() < give_up) {
        std::this_thread::sleep_for(1ms);
    }
    REQUIRE(is_reached());
}

// Who was served, in this order.
class Served {
public:
    void note(const std::string& who) {
        const std::lock_guard lock{mutex_};
        who_.push_back(who);
    }
    [[nodiscard]] std::vector<std::string> all() const {
        const std::lock_guard lock{mutex_};
        return who_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> who_;  // guarded by mutex_
};

TEST_CASE("threads, fibers and coroutines stand in one queue and are served in the order they came",
          "[integration]") {
    const auto backend = GENERATE("thread", "fiber", "asio");
    TcpScene scene{{{"backend", backend}, {"max_size", "1"}}};
    auto& pool = scene.pool;
    auto held = std::make_unique<Lease<tcp::Session>>(pool.acquire(20s));
    Served served;
    asio::thread_pool handlers{1};
    std::vector<std::thread> threads;
    std::vector<std::string> expected;
    constexpr std::uint32_t kEach = 4;
    for (std::uint32_t i = 0; i < kEach; ++i) {
        const auto queued = [&](std::uint32_t count) {
            wait_until([&] { return pool.stats().waiting == count; });
        };
        const auto number = std::to_string(i);
        const auto use = [&served, number](tcp::Session& session, const std::string& kind) {
            served.note(kind + number);
            static_cast<void>(ask(session, number));
        };
        threads.emplace_back([&pool, use] { use(*pool.acquire(20s), "thread"); });
        queued(3 * i + 1);
        threads.emplace_back([&pool, use] {
            boost::fibers::fiber{[&] { use(*pool.acquire(20s), "fiber"); }}.join();
        });
        queued(3 * i + 2);
        async_with(
            pool,
            {.timeout = 20s},
            [use](tcp::Session& session) { use(session, "coroutine"); },
            asio::bind_executor(handlers, [](const std::exception_ptr&) {}));
        queued(3 * i + 3);
        expected.insert(expected.end(),
                        {"thread" + number, "fiber" + number, "coroutine" + number});
    }
    held.reset();
    for (auto& thread : threads) {
        thread.join();
    }
    handlers.join();
    CHECK(served.all() == expected);
    CHECK(pool.stats().opened == 1);
}

TEST_CASE("pools with different backends live in one runtime and hand tasks of any kind on",
          "[integration]") {
    LineServer server;
    RuntimeSpec spec;
    for (const auto* const backend : {"thread", "fiber", "asio"}) {
        spec.pools.push_back({.name = backend,
                              .plugin = "tcp",
                              .options = {{"backend", backend}, {"max_size", "2"}},
                              .settings = {{"endpoint", to_string(server.endpoint())}}});
    }
    auto runtime = Runtime::from_spec(std::move(spec));
    std::atomic<int> right{0};
    constexpr int kEach = 100;
    const auto use_all = [&] {
        for (const auto& name : runtime.pool_names()) {
            auto session = runtime.pool<tcp::Session>(name).acquire(20s);
            right += ask(*session, name) == name ? 1 : 0;
        }
    };
    asio::thread_pool handlers{2};
    for (int i = 0; i < kEach; ++i) {
        async_run([&](const std::stop_token&) { use_all(); },
                  std::stop_token{},
                  asio::bind_executor(handlers, [](const std::exception_ptr&) {}));
    }
    std::thread with_fibers{[&] {
        std::vector<boost::fibers::fiber> fibers;
        for (int i = 0; i < kEach; ++i) {
            fibers.emplace_back(use_all);
        }
        for (auto& each : fibers) {
            each.join();
        }
    }};
    for (int i = 0; i < kEach; ++i) {
        use_all();
    }
    with_fibers.join();
    handlers.join();
    CHECK(right == 3 * 3 * kEach);
}

}  // namespace
}  // namespace cistern::test
