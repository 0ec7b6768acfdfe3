#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("a connection past max_lifetime is closed when idle", "[unit][core]") {
    auto options = MachineDriver::quiet();
    options.max_lifetime = 10s;
    options.lifetime_jitter = 0.0;
    MachineDriver driver{options};
    const auto born = driver.now;
    driver.fill(1);
    CHECK(driver.machine.next_due() == born + 10s);
    driver.now = born + 10s - 1ns;
    driver.tick();
    CHECK(driver.closing.empty());
    driver.now = born + 10s;
    driver.tick();
    CHECK(driver.closing.size() == 1);
    driver.closed();
    CHECK(driver.machine.stats().closed_lifetime == 1);
    CHECK(driver.machine.next_due() == core::kNever);
}

TEST_CASE("a lent connection past max_lifetime is closed when it comes back", "[unit][core]") {
    auto options = MachineDriver::quiet();
    options.max_lifetime = 10s;
    MachineDriver driver{options};
    auto& user = driver.acquire();
    driver.opened();
    driver.pass(1min);
    driver.tick();
    CHECK(user.slot->state == State::kLent);
    driver.release(user);
    driver.closed();
    CHECK(driver.machine.stats().closed_lifetime == 1);
}

TEST_CASE("a connection past max_lifetime is never lent, even when no tick has noticed",
          "[unit][core]") {
    auto options = MachineDriver::quiet();
    options.max_lifetime = 10s;
    MachineDriver driver{options};
    driver.fill(2);
    driver.pass(1min);
    auto& waiter = driver.acquire(GENERATE(Patience::kNone, Patience::kQueue));
    CHECK(waiter.outcome == Outcome::kPending);
    CHECK(driver.closing.size() == 2);
}

TEST_CASE("each connection's lifetime is fixed at birth, shortened by its own share",
          "[unit][core]") {
    auto options = MachineDriver::quiet(3);
    options.max_lifetime = 100s;
    options.lifetime_jitter = 0.1;
    MachineDriver driver{options};
    for (const auto random : {0.0, 0.5, 0.999}) {
        driver.acquire();
        const auto& slot = driver.opened(random);
        CHECK(slot.expires_at <= driver.now + 100s);
        CHECK(slot.expires_at > driver.now + 90s);
    }
    CHECK(driver.waiters[0]->slot->expires_at != driver.waiters[1]->slot->expires_at);
}

TEST_CASE("idle connections beyond min_idle are closed after idle_timeout, the longest idle first",
          "[unit][core]") {
    auto options = MachineDriver::quiet(4);
    options.idle_timeout = 10s;
    options.min_idle = 1;
    MachineDriver driver{options};
    while (!driver.opening.empty()) {
        driver.opened();
    }
    for (int i = 0; i < 3; ++i) {
        driver.acquire();
        while (!driver.opening.empty()) {
            driver.opened();
        }
    }
    for (int i = 0; i < 3; ++i) {
        driver.pass(1s);
        driver.release(*driver.waiters[static_cast<std::size_t>(i)]);
    }
    REQUIRE(driver.count(State::kIdle) == 4);
    const auto* const longest = driver.waiters[0]->slot;
    driver.pass(1min);
    driver.tick();
    CHECK(driver.count(State::kIdle) == 1);
    CHECK(driver.closing.size() == 3);
    CHECK(longest->state == State::kClosing);
    while (!driver.closing.empty()) {
        driver.closed();
    }
    CHECK(driver.machine.stats().closed_idle == 3);
    CHECK(driver.opening.empty());
    CHECK(driver.machine.next_due() == core::kNever);  // the last one may stay
}

TEST_CASE("with idle_timeout = 0 and max_lifetime = 0 nothing is ever due", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(3)};
    driver.fill(3);
    CHECK(driver.machine.next_due() == core::kNever);
    driver.pass(24h * 365);
    driver.tick();
    CHECK(driver.count(State::kIdle) == 3);
}

TEST_CASE("idle connections are validated every keepalive_interval", "[unit][core]") {
    auto options = MachineDriver::quiet();
    options.keepalive_interval = 30s;
    options.idle_timeout = 70s;
    MachineDriver driver{options};
    driver.fill(1);
    driver.pass(30s);
    driver.tick();
    driver.validated();
    CHECK(driver.count(State::kIdle) == 1);
    driver.pass(29s);
    driver.tick();
    CHECK(driver.validating.empty());
    driver.pass(1s);
    driver.tick();
    driver.validated();
    CHECK(driver.machine.stats().validations == 2);
    driver.pass(10s);  // a keepalive is no use: the idle timeout still comes
    driver.tick();
    driver.closed();
    CHECK(driver.machine.stats().closed_idle == 1);
}

TEST_CASE("a keepalive that fails closes the connection and min_idle is refilled", "[unit][core]") {
    auto options = MachineDriver::quiet();
    options.keepalive_interval = 30s;
    options.min_idle = 1;
    MachineDriver driver{options};
    driver.opened();
    driver.pass(30s);
    driver.tick();
    driver.validated(false);
    CHECK(driver.opening.size() == 1);
    driver.closed();
    driver.opened();
    CHECK(driver.count(State::kIdle) == 1);
}

TEST_CASE("a lease held past leak_threshold is reported once, with its age", "[unit][core]") {
    auto options = MachineDriver::quiet(3);
    options.leak_threshold = 10s;
    MachineDriver driver{options};
    auto& first = driver.acquire();
    driver.opened();
    driver.pass(4s);
    auto& second = driver.acquire();
    driver.opened();
    CHECK(driver.machine.next_due() == driver.now + 6s);
    driver.pass(6s);
    driver.tick();
    REQUIRE(driver.leaks.size() == 1);
    CHECK(driver.leaks[0].held == 10s);
    CHECK(driver.machine.next_due() == driver.now + 4s);
    driver.pass(1h);
    driver.tick();
    driver.tick();
    CHECK(driver.leaks.size() == 2);
    CHECK(driver.machine.stats().leaks_reported == 2);
    CHECK(driver.machine.next_due() == core::kNever);
    driver.release(first);
    driver.release(second);
    driver.acquire();
    CHECK(driver.machine.next_due() == driver.now + 10s);
}

TEST_CASE("leases that end in time are not reported, whichever ends first", "[unit][core]") {
    auto options = MachineDriver::quiet(3);
    options.leak_threshold = 10s;
    MachineDriver driver{options};
    for (int i = 0; i < 3; ++i) {
        driver.acquire();
        driver.opened();
        driver.pass(1s);
    }
    driver.release(*driver.waiters[1]);
    driver.release(*driver.waiters[0]);
    driver.pass(30s);
    driver.tick();
    CHECK(driver.leaks.size() == 1);
}

TEST_CASE("a tick with nothing due does nothing", "[unit][core]") {
    auto options = MachineDriver::quiet(2);
    options.max_lifetime = 1h;
    options.idle_timeout = 1h;
    options.keepalive_interval = 10min;
    MachineDriver driver{options};
    driver.fill(2);
    driver.tick();
    CHECK(driver.closing.empty());
    CHECK(driver.validating.empty());
    CHECK(driver.count(State::kIdle) == 2);
}

}  // namespace
}  // namespace cistern::test
