#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("a surplus open is not started: one under way serves whoever waits first",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(5)};
    auto& first = driver.acquire();
    CHECK(driver.opening.size() == 1);
    driver.give_up(first);
    driver.acquire();
    CHECK(driver.opening.size() == 1);
    driver.acquire();
    CHECK(driver.opening.size() == 2);
}

// HikariCP#159: the borrower was gone, and the connection "in use" for ever
TEST_CASE("what is opened for somebody who has left is idle, for the next one", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.give_up(driver.acquire());
    driver.opened();
    CHECK(driver.count(State::kIdle) == 1);
    CHECK(driver.acquire().outcome == Outcome::kGranted);
}

TEST_CASE("min_idle connections are kept to spare, within max_size", "[unit][core]") {
    auto options = MachineDriver::quiet(3);
    options.min_idle = 2;
    MachineDriver driver{options};
    CHECK(driver.opening.size() == 2);
    driver.opened();
    driver.opened();
    driver.acquire();
    CHECK(driver.opening.size() == 1);
    driver.opened();
    driver.acquire();
    CHECK(driver.opening.empty());  // there is no room for a fourth
    CHECK(driver.machine.total() == 3);
}

TEST_CASE("no more than max_connecting opens are under way", "[unit][core]") {
    auto options = MachineDriver::quiet(10);
    options.max_connecting = 2;
    MachineDriver driver{options};
    for (int i = 0; i < 6; ++i) {
        driver.acquire();
    }
    CHECK(driver.opening.size() == 2);
    driver.opened();
    CHECK(driver.opening.size() == 2);
}

TEST_CASE("a waiter is told the error after max_attempts failures, and not before",
          "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.retry.max_attempts = 3;
    MachineDriver driver{options};
    auto& waiter = driver.acquire();
    for (int attempt = 1; attempt <= 3; ++attempt) {
        CHECK(waiter.outcome == Outcome::kPending);
        CHECK(driver.opening.size() == 1);
        driver.open_failed();
        CHECK(driver.opening.empty());  // the endpoint is left alone for a while
        driver.pass(2s);
    }
    CHECK(waiter.outcome == Outcome::kFailed);
    CHECK_THROWS_WITH(std::rethrow_exception(waiter.error), "refused");
    CHECK(driver.opening.empty());
    CHECK(driver.machine.stats().open_failures == 3);
}

TEST_CASE("failures from before a waiter came are not counted against it", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.retry.max_attempts = 2;
    MachineDriver driver{options};
    auto& early = driver.acquire();
    driver.open_failed();
    auto& late = driver.acquire();
    driver.pass(2s);
    driver.open_failed();
    CHECK(early.outcome == Outcome::kFailed);
    CHECK(late.outcome == Outcome::kPending);
    driver.pass(2s);
    driver.open_failed();
    CHECK(late.outcome == Outcome::kFailed);
}

TEST_CASE("opens that were under way together count as one failure", "[unit][core]") {
    auto options = MachineDriver::quiet(4);
    options.retry.max_attempts = 2;
    MachineDriver driver{options};
    auto& waiter = driver.acquire();
    driver.acquire();
    driver.acquire();
    driver.acquire();
    REQUIRE(driver.opening.size() == 4);
    for (int i = 0; i < 4; ++i) {
        driver.open_failed();
    }
    CHECK(waiter.outcome == Outcome::kPending);
    driver.pass(2s);
    CHECK(driver.opening.size() == 1);  // a probe
    driver.open_failed();
    CHECK(waiter.outcome == Outcome::kFailed);
}

TEST_CASE("an error that trying again cannot help is told to everybody at once", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    driver.open_failed(true);
    CHECK(first.outcome == Outcome::kFailed);
    CHECK(second.outcome == Outcome::kFailed);
}

TEST_CASE("a failed open frees its place", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& waiter = driver.acquire();
    driver.open_failed();
    CHECK(driver.machine.total() == 0);
    driver.pass(2s);
    driver.opened();
    CHECK(waiter.outcome == Outcome::kGranted);
}

// HikariCP#2161: stuck at zero because the creator never came back
TEST_CASE("an open that hangs keeps its own place and no other", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(2)};
    driver.acquire();
    auto& second = driver.acquire();
    REQUIRE(driver.opening.size() == 2);
    Slot* const hangs = driver.opening.front();
    driver.opening.pop_front();
    for (int i = 0; i < 10; ++i) {
        driver.opened();
        for (auto& waiter : driver.waiters) {
            if (waiter->outcome == Outcome::kGranted && waiter->slot->state == State::kLent) {
                driver.release(*waiter, Return::kBroken);
                driver.closed();
            }
        }
        driver.acquire();
    }
    CHECK(second.outcome == Outcome::kGranted);
    driver.opening.push_front(hangs);
    driver.opened();
    CHECK(hangs->state != State::kConnecting);
}

TEST_CASE("whoever no connection is coming for can be refused, the newest first", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    auto& third = driver.acquire();
    REQUIRE(driver.opening.size() == 1);
    driver.refuse_unserved();
    CHECK(first.outcome == Outcome::kPending);
    CHECK(second.outcome == Outcome::kFailed);
    CHECK(third.outcome == Outcome::kFailed);
    CHECK(driver.machine.stats().rejected == 2);
    driver.refuse_unserved();
    driver.opened();
    CHECK(first.outcome == Outcome::kGranted);
}

}  // namespace
}  // namespace cistern::test
