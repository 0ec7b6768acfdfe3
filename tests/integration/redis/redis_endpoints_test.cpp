// One pool and two real servers that can stand in for each other.

#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using namespace cistern::test;
using std::chrono::steady_clock;

namespace {

Texts both(const RedisServer& first, const RedisServer& second, Texts more = {}) {
    more.emplace("endpoints", first.endpoint() + ", " + second.endpoint());
    more.emplace("retry.max_delay", "100ms");
    more.emplace("retry.initial_delay", "20ms");
    return more;
}

// The port of the server that a session is with.
long port_of(redis::Session& session) {
    const auto text = session.command({"INFO", "server"}, 5s).text();
    const auto at = text.find("tcp_port:");
    return std::stol(std::string{text.substr(at + 9)});
}

template <class Condition>
bool soon(Condition holds) {
    for (const auto give_up = steady_clock::now() + 20s; steady_clock::now() < give_up;) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace

TEST_CASE(
    "when the first of two servers is killed the second serves, and the first again when it is "
    "back",
    "[integration][redis]") {
    RedisServer first;
    RedisServer second;
    auto runtime =
        redis_runtime({}, both(first, second, {{"max_size", "3"}, {"failback_after", "200ms"}}));
    auto& pool = cache(runtime);
    CHECK(port_of(*pool.acquire()) == first.port());

    first.kill();
    const auto port = pool.with_retry([](redis::Session& session) { return port_of(session); });
    CHECK(port == second.port());
    CHECK(pool.stats().endpoints[0].circuit.state != cistern::CircuitState::kClosed);
    CHECK(pool.stats().endpoints[0].total == 0);

    first.start();
    CHECK(soon([&] {
        static_cast<void>(pool.acquire()->command({"PING"}, 5s));
        return pool.stats().endpoints[1].total == 0;
    }));
    CHECK(port_of(*pool.acquire()) == first.port());
}

TEST_CASE("connections are spread over two servers, and over the one that is left",
          "[integration][redis]") {
    RedisServer first;
    RedisServer second;
    auto runtime = redis_runtime(
        {}, both(first, second, {{"max_size", "4"}, {"endpoint_policy", "least_connections"}}));
    auto& pool = cache(runtime);
    const auto use_all = [&] {
        auto a = pool.acquire(10s);
        auto b = pool.acquire(10s);
        auto c = pool.acquire(10s);
        auto d = pool.acquire(10s);
    };
    use_all();
    CHECK(pool.stats().endpoints[0].total == 2);
    CHECK(pool.stats().endpoints[1].total == 2);
    first.kill();
    CHECK(soon([&] {
        use_all();
        return pool.stats().endpoints[1].total == 4;
    }));
    first.start();
    // What is open stays where it is: a flush has it opened anew, to both.
    CHECK(soon([&] {
        runtime.flush_endpoint(second.endpoint());
        use_all();
        return pool.stats().endpoints[0].total == 2;
    }));
}

TEST_CASE("whoever finds none of two servers is told what each of them said",
          "[integration][redis]") {
    RedisServer first;
    RedisServer second;
    first.kill();
    second.kill();
    auto runtime = redis_runtime({}, both(first, second));
    CHECK_THROWS_WITH(cache(runtime).acquire(10s),
                      Catch::Contains("no endpoint can be connected to: " + first.endpoint()) &&
                          Catch::Contains(second.endpoint() + ": "));
}
