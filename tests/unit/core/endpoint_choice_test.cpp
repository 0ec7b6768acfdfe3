// Which of several endpoints an open goes to, and when a waiter has seen enough failures.

#include "core/endpoint_choice.hpp"

#include "core/failure_tally.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace cistern::core {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kNone = kMostEndpoints;

struct Scene {
    explicit Scene(EndpointPolicy policy, double random = 0.0) : choice{policy, 3, random} {}

    // Where an open goes; kNone: nowhere.
    std::uint32_t enter(std::uint32_t max_connecting = 1) {
        last = choice.enter(open, [&](std::uint32_t endpoint) {
            return gates[endpoint].try_enter(max_connecting, now);
        });
        if (!last.answer.admitted) {
            return kNone;
        }
        tickets[last.endpoint] = last.answer.ticket;
        ++open[last.endpoint];
        return last.endpoint;
    }
    void opened(std::uint32_t endpoint) { gates[endpoint].leave_opened(); }
    void failed(std::uint32_t endpoint) {
        --open[endpoint];
        gates[endpoint].leave_failed(tickets[endpoint], options, now, 0.5);
    }
    // One that is opened at once.
    std::uint32_t open_one() {
        const auto endpoint = enter();
        opened(endpoint);
        return endpoint;
    }

    RetryOptions options{.jitter = 0.0};
    Instant now = 1h;
    std::vector<EndpointGate> gates = std::vector<EndpointGate>(3);
    std::vector<std::uint64_t> tickets = std::vector<std::uint64_t>(3);
    std::vector<std::uint32_t> open = std::vector<std::uint32_t>(3);
    EndpointChoice choice;
    Admission last;
};

TEST_CASE("failover opens to the first that works, in the order of the list", "[unit][core]") {
    Scene scene{EndpointPolicy::kFailover, 0.9};
    CHECK(scene.open_one() == 0);
    CHECK(scene.enter() == 0);
    scene.failed(0);
    CHECK(scene.open_one() == 1);
    CHECK(scene.enter() == 1);
    scene.failed(1);
    CHECK(scene.open_one() == 2);
    // Back-offs are over: the first is tried first, and once it works it is the one.
    scene.now += 1s;
    CHECK(scene.enter() == 0);
    CHECK(scene.last.answer.is_failing);
    scene.opened(0);
    CHECK(scene.open_one() == 0);
}

TEST_CASE(
    "failover waits for an endpoint that works and is busy, and passes a probe that is under way",
    "[unit][core]") {
    Scene scene{EndpointPolicy::kFailover};
    CHECK(scene.enter() == 0);
    CHECK(scene.enter() == kNone);
    CHECK_FALSE(scene.last.answer.is_failing);
    CHECK(scene.last.answer.retry_at == kNever);
    scene.failed(0);
    scene.now += 1s;
    CHECK(scene.enter() == 0);  // the probe
    CHECK(scene.enter() == 1);
}

TEST_CASE("round_robin opens to each in turn and passes over what is down", "[unit][core]") {
    Scene scene{EndpointPolicy::kRoundRobin};
    CHECK(scene.open_one() == 0);
    CHECK(scene.open_one() == 1);
    CHECK(scene.open_one() == 2);
    CHECK(scene.open_one() == 0);
    CHECK(scene.enter() == 1);
    scene.failed(1);
    CHECK(scene.open_one() == 2);
    CHECK(scene.open_one() == 0);
    CHECK(scene.open_one() == 2);
}

TEST_CASE("least_connections opens to the endpoint with the fewest", "[unit][core]") {
    Scene scene{EndpointPolicy::kLeastConnections};
    scene.open = {2, 1, 2};
    CHECK(scene.open_one() == 1);
    CHECK(scene.open_one() == 0);
    CHECK(scene.open_one() == 1);
    CHECK(scene.open_one() == 2);
    scene.open = {9, 0, 9};
    CHECK(scene.enter() == 1);
    CHECK(scene.enter() == 0);  // it may be connected to by one at a time here
}

TEST_CASE(
    "chance says which of equal endpoints is first, so that programs do not all begin with one",
    "[unit][core]") {
    for (const auto policy : {EndpointPolicy::kRoundRobin, EndpointPolicy::kLeastConnections}) {
        CHECK(Scene{policy, 0.0}.open_one() == 0);
        CHECK(Scene{policy, 0.4}.open_one() == 1);
        CHECK(Scene{policy, 0.99}.open_one() == 2);
    }
    CHECK(Scene{EndpointPolicy::kFailover, 0.99}.open_one() == 0);
}

TEST_CASE("when no endpoint admits, the first back-off to end says when to come again",
          "[unit][core]") {
    Scene scene{EndpointPolicy::kFailover};
    for (std::uint32_t endpoint = 0; endpoint < 3; ++endpoint) {
        CHECK(scene.enter() == endpoint);
        scene.failed(endpoint);
        scene.now += 1ms;
    }
    CHECK(scene.enter() == kNone);
    CHECK(scene.last.answer.is_failing);
    CHECK(scene.last.answer.retry_at == 1h + 50ms);
}

TEST_CASE(
    "a waiter has seen enough when every endpoint has failed max_attempts times since it came",
    "[unit][core]") {
    FailureTally tally{2, 2};
    const auto fail = [&](std::uint32_t endpoint) {
        tally.failed(endpoint, tally.round(endpoint), false);
    };
    fail(0);
    const auto came = tally.now();
    fail(0);
    fail(0);
    CHECK_FALSE(tally.is_enough_since(came));
    fail(1);
    CHECK_FALSE(tally.is_enough_since(came));
    const auto later = tally.now();
    fail(1);
    CHECK(tally.is_enough_since(came));
    CHECK_FALSE(tally.is_enough_since(later));
}

TEST_CASE("a final failure is enough for its endpoint, and for no other", "[unit][core]") {
    FailureTally tally{2, 3};
    const auto came = tally.now();
    tally.failed(0, tally.round(0), true);
    CHECK_FALSE(tally.is_enough_since(came));
    tally.failed(1, tally.round(1), true);
    CHECK(tally.is_enough_since(came));
    CHECK_FALSE(tally.is_enough_since(tally.now()));
}

TEST_CASE("opens of one endpoint that fail together count once", "[unit][core]") {
    FailureTally tally{1, 2};
    const auto came = tally.now();
    const auto round = tally.round(0);
    tally.failed(0, round, false);
    tally.failed(0, round, false);
    CHECK_FALSE(tally.is_enough_since(came));
    tally.failed(0, tally.round(0), false);
    CHECK(tally.is_enough_since(came));
}

}  // namespace
}  // namespace cistern::core
