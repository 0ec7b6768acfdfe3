// A fork() in a program with fibers.

#include "support/forked_child.hpp"
#include "support/tcp_scene.hpp"

#include <cistern/fiber.hpp>

#include <boost/fiber/all.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <string>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using boost::fibers::fiber;

TEST_CASE("a child of fork goes on with a pool whose tasks are fibers", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}}};
    CHECK(ask(*scene.pool.acquire(20s), "parent") == "parent");
    CHECK(in_child([&] {
              std::string answer;
              fiber{[&] { answer = ask(*scene.pool.acquire(20s), "child"); }}.join();
              return answer == "child" ? "" : "answered " + answer;
          }).empty());
    CHECK(ask(*scene.pool.acquire(20s), "parent again") == "parent again");
}

TEST_CASE("a fiber that waited during a fork does not go on in the child, which ends",
          "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "1"}}};
    auto held = scene.pool.acquire(20s);
    bool has_ended = false;
    fiber waiter{[&] {
        CHECK_THROWS_AS(static_cast<void>(scene.pool.acquire(100ms)), AcquireTimeout);
        has_ended = true;
    }};
    boost::this_fiber::sleep_for(10ms);
    const auto report = in_child([&] {
        std::signal(SIGABRT, SIG_DFL);  // not Catch's, which reports a failure
        boost::this_fiber::sleep_for(5s);
        return std::string{"went on"};
    });
    CHECK_THAT(report, Catch::Contains("signal 6"));  // SIGABRT
    waiter.join();
    CHECK(has_ended);
}

}  // namespace
}  // namespace cistern::test
