#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

constexpr int kThreads = 8;

// What `work` threw, called `rounds` times on each of the threads.
std::vector<std::string> run(int rounds, const std::function<void()>& work) {
    std::mutex mutex;
    std::vector<std::string> errors;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; ++round) {
                try {
                    work();
                } catch (const std::exception& error) {
                    const std::scoped_lock lock{mutex};
                    errors.emplace_back(error.what());
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    return errors;
}

void increment(cistern::Pool<redis::Session>& pool) {
    auto session = pool.acquire(20s);
    session->command({"INCR", "n"}, 20s);
}

long total(cistern::Pool<redis::Session>& pool) {
    return std::stol(pool.acquire(20s)->command({"GET", "n"}, 20s).text());
}

}  // namespace

TEST_CASE("eight threads over three connections lose no increment", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "3"}});
    auto& pool = cache(runtime);
    CHECK(run(250, [&] { increment(pool); }).empty());
    CHECK(total(pool) == kThreads * 250);
    CHECK(pool.stats().opened <= 3);
    CHECK(server.clients() <= 3);
}

TEST_CASE("a server that hangs up on idle sessions costs its users no error",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "3"}});
    auto& pool = cache(runtime);
    CHECK(run(5, [&] { increment(pool); }) == std::vector<std::string>{});
    static_cast<void>(server.ask("CONFIG SET timeout 1"));
    for (int i = 0; i < 100 && server.clients() > 0; ++i) {
        std::this_thread::sleep_for(50ms);
    }
    REQUIRE(server.clients() == 0);
    CHECK(run(5, [&] { increment(pool); }) == std::vector<std::string>{});
    CHECK(total(pool) == 2 * kThreads * 5);
}

TEST_CASE("sessions that an administrator kills while idle cost no error", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "3"}});
    auto& pool = cache(runtime);
    for (int i = 0; i < 5; ++i) {
        CHECK(run(5, [&] { increment(pool); }) == std::vector<std::string>{});
        static_cast<void>(server.ask("CLIENT KILL TYPE normal"));
    }
    CHECK(total(pool) == 5 * kThreads * 5);
    CHECK(pool.stats().opened >= 5);
}

TEST_CASE("sessions that are killed in the middle of work cost one error each at most",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "3"}});
    auto& pool = cache(runtime);
    constexpr int kKills = 10;
    std::thread killer{[&] {
        for (int i = 0; i < kKills; ++i) {
            static_cast<void>(server.ask("CLIENT KILL TYPE normal"));
            std::this_thread::sleep_for(10ms);
        }
    }};
    const auto errors = run(200, [&] { increment(pool); });
    killer.join();
    CHECK(errors.size() <= 3 * kKills);
    CHECK(total(pool) >= static_cast<long>(kThreads * 200 - errors.size()));
    CHECK(run(5, [&] { increment(pool); }) == std::vector<std::string>{});
}
