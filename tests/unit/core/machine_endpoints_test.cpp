// What the machine does with connections to several endpoints.

#include "core/pool_machine.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <vector>

namespace cistern::core {
namespace {

using namespace std::chrono_literals;
using State = ConnectionState;

// A machine with three endpoints, whose opens the test sends where it likes.
struct Scene {
    static PoolOptions options(Instant failback_after = 0s) {
        PoolOptions options;
        options.max_size = 6;
        options.max_lifetime = 0s;
        options.idle_timeout = 0s;
        options.validate_after_idle = 1h;
        options.retry.max_attempts = 2;
        options.endpoints = {"a:1", "b:1", "c:1"};
        options.failback_after = failback_after;
        return options;
    }
    explicit Scene(const PoolOptions& wanted = options()) : machine{wanted} {}

    Waiter& acquire(std::uint32_t avoids = kMostEndpoints) {
        waiters.push_back(std::make_unique<Waiter>());
        waiters.back()->since = now;
        waiters.back()->avoids = avoids;
        machine.acquire(*waiters.back(), Patience::kQueue, now, actions);
        drop();
        return *waiters.back();
    }
    Slot& start(std::uint32_t endpoint, bool is_probe = false) {
        REQUIRE(machine.opens_wanted() > 0);
        Slot& slot =
            machine.start_open({endpoint, {.admitted = true, .is_failing = is_probe}}, actions);
        drop();
        return slot;
    }
    void opened(Slot& slot) {
        machine.opened(slot, 0.0, now, actions);
        drop();
    }
    void failed(Slot& slot, bool is_final = false) {
        machine.open_failed(
            slot, std::make_exception_ptr(std::runtime_error{"down"}), is_final, now, actions);
        drop();
    }
    // One more that is lent.
    Slot& lend(std::uint32_t endpoint) {
        auto& waiter = acquire();
        opened(start(endpoint));
        REQUIRE(waiter.outcome == Outcome::kGranted);
        return *waiter.slot;
    }
    void release(Slot& slot) {
        now += 1ms;
        machine.released(slot, Return::kClean, now, actions);
        drop();
    }
    void tick() {
        machine.tick(now, actions);
        drop();
    }
    void drop() {
        while (actions.woken.pop_front() != nullptr) {
        }
        while (actions.tasks.pop_front() != nullptr) {
        }
    }

    Instant now = 1h;
    PoolMachine machine;
    Actions actions;
    std::vector<std::unique_ptr<Waiter>> waiters;
};

TEST_CASE("a failed validation casts suspicion on connections to the same endpoint only",
          "[unit][core]") {
    auto options = Scene::options();
    options.keepalive_interval = 10s;
    Scene scene{options};
    auto& first = scene.lend(0);
    auto& second = scene.lend(0);
    auto& other = scene.lend(1);
    scene.release(first);
    scene.now += 1s;
    scene.release(second);
    scene.release(other);
    scene.now += 9s;
    scene.tick();
    REQUIRE(first.state == State::kValidating);
    REQUIRE(second.state == State::kIdle);
    scene.machine.validated(first, false, scene.now, scene.actions);
    CHECK(second.state == State::kValidating);
    CHECK(other.state == State::kIdle);
    scene.drop();
}

TEST_CASE("a flush of one endpoint closes its connections, idle or as they come back",
          "[unit][core]") {
    Scene scene;
    auto& idle = scene.lend(0);
    auto& lent = scene.lend(0);
    auto& other = scene.lend(1);
    scene.release(idle);
    scene.machine.flush(0, true, scene.now, scene.actions);
    scene.drop();
    CHECK(idle.state == State::kClosing);
    scene.release(lent);
    scene.release(other);
    CHECK(lent.state == State::kClosing);
    CHECK(lent.close_reason == CloseReason::kFlushed);
    CHECK(other.state == State::kIdle);
}

TEST_CASE("nobody counts on the probe of a failed endpoint while another may be opened to",
          "[unit][core]") {
    Scene scene;
    auto& waiter = scene.acquire();
    auto& probe = scene.start(0, true);
    CHECK(scene.machine.opens_wanted() == 1);
    scene.opened(scene.start(1));
    CHECK(waiter.outcome == Outcome::kGranted);
    CHECK(scene.machine.opens_wanted() == 0);
    scene.opened(probe);
    CHECK(probe.state == State::kIdle);
}

TEST_CASE("the probe of a failed endpoint is counted on by whoever fail_fast would refuse",
          "[unit][core]") {
    Scene scene;
    scene.acquire();
    auto& probe = scene.start(0, true);
    CHECK(scene.machine.unserved() == 0);
    scene.failed(probe);
    CHECK(scene.machine.unserved() == 1);
}

TEST_CASE("a waiter is told once every endpoint has failed max_attempts times, or for good",
          "[unit][core]") {
    Scene scene;
    auto& waiter = scene.acquire();
    scene.failed(scene.start(0), true);
    for (const auto endpoint : {1U, 2U, 1U}) {
        scene.failed(scene.start(endpoint));
    }
    CHECK(waiter.outcome == Outcome::kPending);
    scene.failed(scene.start(2));
    CHECK(waiter.outcome == Outcome::kFailed);
}

TEST_CASE("statistics and holders tell endpoints apart", "[unit][core]") {
    Scene scene;
    auto& idle = scene.lend(0);
    scene.lend(1);
    scene.lend(1);
    scene.release(idle);
    const auto endpoints = scene.machine.stats().endpoints;
    REQUIRE(endpoints.size() == 3);
    CHECK((endpoints[0].total == 1 && endpoints[0].idle == 1 && endpoints[0].lent == 0));
    CHECK((endpoints[1].total == 2 && endpoints[1].idle == 0 && endpoints[1].lent == 2));
    CHECK(endpoints[2].total == 0);
    CHECK(scene.machine.holders(scene.now, 9)[0].endpoint == 1);
}

TEST_CASE("whoever avoids an endpoint is lent what is idle to another one, if anything is",
          "[unit][core]") {
    Scene scene;
    auto& there = scene.lend(1);
    auto& here = scene.lend(0);
    scene.release(there);
    scene.release(here);
    CHECK(scene.acquire(0).slot == &there);
    CHECK(scene.acquire(0).slot == &here);
}

TEST_CASE(
    "failback_after closes connections to later endpoints once an earlier one has worked for so "
    "long",
    "[unit][core]") {
    Scene scene{Scene::options(10s)};
    auto& idle = scene.lend(1);
    auto& lent = scene.lend(1);
    scene.release(idle);
    scene.machine.acquire(*scene.waiters.emplace_back(std::make_unique<Waiter>()),
                          Patience::kProven,
                          scene.now,
                          scene.actions);
    auto& back = scene.lend(0);
    CHECK(scene.machine.next_due() == scene.now + 10s);
    scene.now += 9s;
    scene.tick();
    CHECK(lent.state == State::kLent);
    scene.now += 1s;
    scene.tick();
    CHECK(idle.state != State::kClosing);  // lent again above
    scene.release(lent);
    CHECK(lent.state == State::kClosing);
    CHECK(lent.close_reason == CloseReason::kFailback);
    scene.release(back);
    CHECK(back.state == State::kIdle);
}

TEST_CASE("failing back is off when the earlier endpoint fails again meanwhile", "[unit][core]") {
    Scene scene{Scene::options(10s)};
    scene.lend(1);
    auto& late = (scene.acquire(), scene.start(1));  // under way as the first comes back
    scene.acquire();
    scene.opened(scene.start(0));
    scene.opened(late);
    CHECK(scene.machine.next_due() == scene.now + 10s);
    auto& again = scene.lend(1);
    CHECK(scene.machine.next_due() == kNever);
    scene.now += 10s;
    scene.tick();
    scene.release(again);
    CHECK(again.state == State::kIdle);
}

TEST_CASE("a child of fork keeps the endpoints, and none of their connections", "[unit][core]") {
    Scene scene;
    scene.lend(1);
    const auto given_up = scene.machine.begin_anew();
    CHECK(scene.machine.endpoints() == 3);
    CHECK(scene.machine.stats().endpoints[1].total == 0);
}

}  // namespace
}  // namespace cistern::core
