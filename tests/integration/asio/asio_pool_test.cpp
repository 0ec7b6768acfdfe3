// Pools whose users are coroutines and handlers of Asio, and whose own tasks run on an io_context.

#include "support/tcp_scene.hpp"

#include <cistern/asio.hpp>

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kCoroutines = 500;
#else
constexpr int kCoroutines = 10'000;
#endif

asio::awaitable<void> ask_once(Pool<tcp::Session>& pool, int number, std::atomic<int>& right) {
    const auto question = std::to_string(number);
    const auto answer = co_await async_with(
        pool,
        {.timeout = 60s},
        [&question](tcp::Session& session) { return ask(session, question); },
        asio::use_awaitable);
    right += answer == question ? 1 : 0;
}

TEST_CASE("ten thousand coroutines of one thread share a few connections", "[integration]") {
    const auto backend = GENERATE("thread", "asio");
    TcpScene scene{{{"backend", backend}, {"max_size", "8"}}};
    asio::io_context loop{1};
    std::atomic<int> right{0};
    for (int i = 0; i < kCoroutines; ++i) {
        asio::co_spawn(loop, ask_once(scene.pool, i, right), asio::detached);
    }
    loop.run();
    CHECK(right == kCoroutines);
    CHECK(scene.pool.stats().opened <= 8);
    CHECK(scene.pool.stats().lent == 0);
}

TEST_CASE("coroutines of an executor with two threads share a few connections", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "4"}}};
    asio::thread_pool threads{2};
    std::atomic<int> right{0};
    constexpr int kMany = kCoroutines / 5;
    for (int i = 0; i < kMany; ++i) {
        asio::co_spawn(threads, ask_once(scene.pool, i, right), asio::detached);
    }
    threads.join();
    CHECK(right == kMany);
    CHECK(scene.pool.stats().lent == 0);
}

TEST_CASE("a callback and a future get what the work returns or throws", "[integration]") {
    TcpScene scene{{{"backend", "asio"}}};
    asio::io_context loop{1};
    std::string answer;
    std::exception_ptr error;
    async_with(
        scene.pool,
        {},
        [](tcp::Session& session) { return ask(session, "called back"); },
        asio::bind_executor(loop, [&](std::exception_ptr thrown, std::string said) {
            error = thrown;
            answer = said;
        }));
    loop.run();
    CHECK(error == nullptr);
    CHECK(answer == "called back");

    auto future = async_with(
        scene.pool,
        {},
        [](tcp::Session& session) { return ask(session, "in time"); },
        asio::use_future);
    CHECK(future.get() == "in time");
    auto failure = async_with(
        scene.pool,
        {},
        [](tcp::Session&) { throw std::runtime_error{"out of order"}; },
        asio::use_future);
    CHECK_THROWS_WITH(failure.get(), "out of order");
}

TEST_CASE("work that throws gives its connection up", "[integration]") {
    TcpScene scene{{{"backend", "asio"}}};
    asio::io_context loop{1};
    std::string thrown;
    asio::co_spawn(loop,
                   async_with(
                       scene.pool,
                       {},
                       [](tcp::Session& session) {
                           static_cast<void>(ask(session, "question"));
                           throw std::runtime_error{"changed my mind"};
                       },
                       asio::use_awaitable),
                   [&](const std::exception_ptr& error) {
                       try {
                           std::rethrow_exception(error);
                       } catch (const std::runtime_error& why) {
                           thrown = why.what();
                       }
                   });
    loop.run();
    CHECK(thrown == "changed my mind");
    CHECK(scene.pool.drain(20s));
    CHECK(scene.pool.stats().closed == 1);
}

asio::awaitable<void> hold_and_use(Pool<tcp::Session>& pool, std::string& answer) {
    auto lease = co_await async_acquire(pool, {.timeout = 20s}, asio::use_awaitable);
    answer = co_await async_run([&lease](const std::stop_token&) { return ask(*lease, "mine"); },
                                std::stop_token{},
                                asio::use_awaitable);
}

TEST_CASE("a coroutine may hold a lease across several pieces of work", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}};
    asio::io_context loop{1};
    std::string answer;
    asio::co_spawn(loop, hold_and_use(scene.pool, answer), asio::detached);
    loop.run();
    CHECK(answer == "mine");
    CHECK(scene.pool.stats().lent == 0);
}

TEST_CASE("coroutines wait until their deadlines, and not much longer", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}},
                   [](const std::string&) -> std::optional<std::string> { return ""; }};
    asio::io_context loop{1};
    const auto began = std::chrono::steady_clock::now();
    std::chrono::nanoseconds for_answer{};
    std::chrono::nanoseconds for_connection{};
    async_with(
        scene.pool,
        {.timeout = 20s},
        [](tcp::Session& session) {
            session.write("question\n", 20s);
            return session.read_line(200ms);
        },
        asio::bind_executor(loop, [&](const std::exception_ptr& error, const std::string&) {
            CHECK_THROWS_AS(std::rethrow_exception(error), DeadlineExceeded);
            for_answer = std::chrono::steady_clock::now() - began;
        }));
    async_acquire(scene.pool,
                  {.timeout = 100ms},
                  asio::bind_executor(loop, [&](const std::exception_ptr& error, auto&&) {
                      CHECK_THROWS_AS(std::rethrow_exception(error), AcquireTimeout);
                      for_connection = std::chrono::steady_clock::now() - began;
                  }));
    loop.run();
    CHECK(for_answer >= 200ms);
    CHECK(for_answer < 3s);
    CHECK(for_connection >= 100ms);
    CHECK(for_connection < 3s);
}

TEST_CASE("the thread of an io_context goes on while connections open and answers are awaited",
          "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}},
                   [](const std::string&) -> std::optional<std::string> {
                       std::this_thread::sleep_for(200ms);
                       return "late\n";
                   }};
    asio::io_context loop{1};
    int turns = 0;
    int answers = 0;
    for (int i = 0; i < 2; ++i) {
        async_with(
            scene.pool,
            {.timeout = 20s},
            [](tcp::Session& session) { return ask(session, "question"); },
            asio::bind_executor(loop, [&](const std::exception_ptr&, const std::string& said) {
                answers += said == "late" ? 1 : 0;
            }));
    }
    asio::steady_timer timer{loop};
    std::function<void()> tick = [&] {
        ++turns;
        if (answers < 2) {
            timer.expires_after(1ms);
            timer.async_wait([&](auto) { tick(); });
        }
    };
    tick();
    loop.run();
    CHECK(answers == 2);
    CHECK(turns > 50);
}

TEST_CASE("a runtime with the backend asio ends whatever its pools were doing", "[integration]") {
    for (int i = 0; i < 20; ++i) {
        TcpScene scene{{{"backend", "asio"}, {"max_size", "4"}, {"min_idle", "3"}}};
        if (i % 2 == 0) {
            scene.runtime.warm_up(20s);
        }
    }
    SUCCEED("all of them ended");
}

}  // namespace
}  // namespace cistern::test
