// Stopping work on Asio at each place where it waits, and what becomes of it when its context goes.

#include "support/tcp_scene.hpp"

#include <cistern/asio.hpp>

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

LineServer::Handler silent() {
    return [](const std::string&) -> std::optional<std::string> { return ""; };
}

// What an operation completed with.
struct Ending {
    bool has_come = false;
    bool is_cancelled = false;

    auto handler(asio::io_context& loop) {
        return asio::bind_executor(loop, [this](const std::exception_ptr& error, auto&&...) {
            has_come = true;
            try {
                if (error != nullptr) {
                    std::rethrow_exception(error);
                }
            } catch (const Cancelled&) {
                is_cancelled = true;
            }
        });
    }
};

void run_until(asio::io_context& loop, const std::function<bool()>& is_reached) {
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!is_reached() && std::chrono::steady_clock::now() < give_up) {
        loop.run_for(1ms);
        loop.restart();
    }
    REQUIRE(is_reached());
}

TEST_CASE("a stop ends the wait for a connection, and others are served", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}};
    asio::io_context loop{1};
    std::stop_source stop;
    auto held = std::make_unique<Lease<tcp::Session>>(scene.pool.acquire(20s));
    Ending stopped;
    Ending served;
    async_acquire(scene.pool, {.timeout = 20s, .stop = stop.get_token()}, stopped.handler(loop));
    async_acquire(scene.pool, {.timeout = 20s}, served.handler(loop));
    run_until(loop, [&] { return scene.pool.stats().waiting == 2; });
    stop.request_stop();
    run_until(loop, [&] { return stopped.has_come; });
    CHECK(stopped.is_cancelled);
    held.reset();
    run_until(loop, [&] { return served.has_come; });
    CHECK_FALSE(served.is_cancelled);
}

TEST_CASE("a stop of a task ends a wait of its work for a connection that knows of no stop",
          "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}};
    asio::io_context loop{1};
    std::stop_source stop;
    const auto held = scene.pool.acquire(20s);
    Ending ending;
    async_run([&](const std::stop_token&) { static_cast<void>(scene.pool.acquire(1h)); },
              stop.get_token(),
              ending.handler(loop));
    run_until(loop, [&] { return scene.pool.stats().waiting == 1; });
    stop.request_stop();
    run_until(loop, [&] { return ending.has_come; });
    CHECK(ending.is_cancelled);
    CHECK(scene.pool.stats().waiting == 0);
}

TEST_CASE("a stop ends the wait for an answer, and the connection is closed", "[integration]") {
    TcpScene scene{{{"backend", "asio"}}, silent()};
    asio::io_context loop{1};
    std::stop_source stop;
    Ending ending;
    async_with(
        scene.pool,
        {.timeout = 20s, .stop = stop.get_token()},
        [](tcp::Session& session) { return ask(session, "question"); },
        ending.handler(loop));
    run_until(loop, [&] { return !scene.server.lines().empty(); });
    stop.request_stop();
    run_until(loop, [&] { return ending.has_come; });
    CHECK(ending.is_cancelled);
    run_until(loop, [&] { return scene.pool.stats().closed == 1; });
}

TEST_CASE("a stop that was requested before begins nothing", "[integration]") {
    TcpScene scene{{{"backend", "asio"}}};
    asio::io_context loop{1};
    std::stop_source stop;
    stop.request_stop();
    Ending ending;
    async_with(
        scene.pool,
        {.stop = stop.get_token()},
        [](tcp::Session& session) { return ask(session, "question"); },
        ending.handler(loop));
    loop.run();
    CHECK(ending.is_cancelled);
    CHECK(scene.server.lines().empty());
}

// At whatever moment it comes: each of these ends, and the pool is whole afterwards.
TEST_CASE("a stop at any moment ends the work and keeps the pool whole", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "2"}}};
    asio::thread_pool threads{2};
    std::atomic<int> completed{0};
    constexpr int kRounds = 300;
    for (int i = 0; i < kRounds; ++i) {
        std::stop_source stop;
        async_with(
            scene.pool,
            {.timeout = 20s, .stop = stop.get_token()},
            [](tcp::Session& session) { return ask(session, "question") + ask(session, "again"); },
            asio::bind_executor(
                threads, [&](const std::exception_ptr&, const std::string&) { ++completed; }));
        const auto until = std::chrono::steady_clock::now() + i * 1us;
        while (std::chrono::steady_clock::now() < until) {
        }
        stop.request_stop();
    }
    threads.join();
    CHECK(completed == kRounds);
    CHECK(scene.pool.stats().waiting == 0);
    CHECK(scene.pool.stats().lent == 0);
    auto session = scene.pool.acquire(20s);
    CHECK(ask(*session, "still here") == "still here");
}

TEST_CASE("an io_context that goes takes along what waits in it", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}, silent()};
    auto loop = std::make_unique<asio::io_context>(1);
    const auto kept = std::make_shared<int>(0);
    Ending unheard;
    async_with(
        scene.pool,
        {.timeout = 20s},
        [kept](tcp::Session& session) { return ask(session, "question"); },
        unheard.handler(*loop));
    async_acquire(scene.pool, {.timeout = 20s}, unheard.handler(*loop));
    run_until(*loop,
              [&] { return !scene.server.lines().empty() && scene.pool.stats().waiting == 1; });
    // Has not begun yet.
    async_with(
        scene.pool, {}, [kept](tcp::Session&) { return *kept; }, unheard.handler(*loop));
    loop.reset();
    CHECK_FALSE(unheard.has_come);
    CHECK(kept.use_count() == 1);
    CHECK(scene.pool.stats().waiting == 0);
    CHECK(scene.pool.drain(20s));
}

}  // namespace
}  // namespace cistern::test
