// What a task of Asio is: blocking-style code with a stack and exceptions of its own.

#include "support/tcp_scene.hpp"

#include <cistern/asio.hpp>

#include <boost/asio.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

TEST_CASE("work that waits inside a catch keeps its own exception", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "2"}}};
    asio::io_context loop{1};
    constexpr int kEach = 50;
    int right = 0;
    for (int i = 0; i < kEach; ++i) {
        async_run(
            [&scene, mine = std::to_string(i)](const std::stop_token&) {
                try {
                    throw std::runtime_error{mine};
                } catch (...) {
                    auto session = scene.pool.acquire(20s);
                    static_cast<void>(ask(*session, mine));
                    try {
                        throw;
                    } catch (const std::runtime_error& error) {
                        return error.what() == mine ? 1 : 0;
                    }
                }
            },
            std::stop_token{},
            asio::bind_executor(
                loop, [&](const std::exception_ptr&, int is_right) { right += is_right; }));
    }
    loop.run();
    CHECK(right == kEach);
    CHECK(scene.pool.stats().closed == 0);
}

TEST_CASE("tasks of one thread are not taken for one that waits for itself", "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}};
    asio::io_context loop{1};
    std::optional<AcquireEvidence> evidence;
    async_run(
        [&](const std::stop_token&) {
            auto held = scene.pool.acquire(20s);
            static_cast<void>(ask(*held, "question"));
            async_run(
                [&](const std::stop_token&) {
                    try {
                        static_cast<void>(scene.pool.acquire(10ms));
                    } catch (const AcquireTimeout& error) {
                        evidence = error.evidence();
                    }
                },
                std::stop_token{},
                asio::bind_executor(loop, [](const std::exception_ptr&) {}));
            while (!evidence) {
                static_cast<void>(ask(*held, "another"));
            }
        },
        std::stop_token{},
        asio::bind_executor(loop, [](const std::exception_ptr&) {}));
    loop.run();
    REQUIRE(evidence);
    CHECK(evidence->own_leases == 0);
    CHECK_FALSE(evidence->waits_for_itself);
}

TEST_CASE("a task is not taken for an earlier one, which has ended and whose lease goes on",
          "[integration]") {
    TcpScene scene{{{"backend", "asio"}, {"max_size", "1"}}};
    asio::io_context loop{1};
    auto first = std::make_unique<Lease<tcp::Session>>(scene.pool.acquire(20s));
    std::optional<Lease<tcp::Session>> lease;
    // In the queue, so that the pool knows the task.
    async_acquire(
        scene.pool,
        {.timeout = 20s},
        asio::bind_executor(loop, [&](const std::exception_ptr&, Lease<tcp::Session> granted) {
            lease = std::move(granted);
        }));
    while (scene.pool.stats().waiting == 0) {
        loop.run_one();
    }
    first.reset();
    loop.run();
    REQUIRE(lease);
    for (int again = 0; again < 20; ++again) {  // as new tasks are likely to lie where old ones did
        loop.restart();
        std::optional<AcquireEvidence> evidence;
        async_acquire(
            scene.pool,
            {.timeout = 1ms},
            asio::bind_executor(loop, [&](const std::exception_ptr& error, Lease<tcp::Session>) {
                try {
                    std::rethrow_exception(error);
                } catch (const AcquireTimeout& timeout) {
                    evidence = timeout.evidence();
                }
            }));
        loop.run();
        REQUIRE(evidence);
        CHECK(evidence->own_leases == 0);
        CHECK_FALSE(evidence->waits_for_itself);
    }
}

TEST_CASE("work that needs no connection is run all the same, off the handler's stack",
          "[integration]") {
    asio::io_context loop{1};
    int answer = 0;
    bool was_inline = true;
    async_run(
        [](const std::stop_token&) { return 42; },
        std::stop_token{},
        asio::bind_executor(loop, [&](const std::exception_ptr&, int said) { answer = said; }));
    was_inline = answer != 0;
    loop.run();
    CHECK_FALSE(was_inline);
    CHECK(answer == 42);
}

}  // namespace
}  // namespace cistern::test
