#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("an acquire of an empty pool queues and has one connection opened", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet()};
    const auto& waiter = driver.acquire();
    CHECK(waiter.outcome == Outcome::kPending);
    CHECK(driver.opening.size() == 1);
    const auto& slot = driver.opened();
    CHECK(waiter.outcome == Outcome::kGranted);
    CHECK(waiter.slot == &slot);
    CHECK(driver.woken == std::vector<Waiter*>{driver.waiters[0].get()});
}

TEST_CASE("sp01_lent_connections_count_against_the_cap", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(2)};
    for (int i = 0; i < 5; ++i) {
        driver.acquire();
    }
    CHECK(driver.opening.size() == 2);
    driver.opened();
    driver.opened();
    CHECK(driver.count(State::kLent) == 2);
    CHECK(driver.opening.empty());
    driver.give_up(*driver.waiters[4]);
    CHECK(driver.waiters[4]->outcome == Outcome::kGaveUp);
    CHECK(driver.machine.stats().timeouts == 1);
    CHECK(driver.machine.stats().opened == 2);
}

TEST_CASE("waiters are served in the order they came, by returned and by new connections alike",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(2)};
    auto& first = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    auto& third = driver.acquire();
    auto& fourth = driver.acquire();
    driver.release(first);
    CHECK(second.outcome == Outcome::kGranted);
    driver.opened();
    CHECK(third.outcome == Outcome::kGranted);
    CHECK(fourth.outcome == Outcome::kPending);
    driver.release(second);
    CHECK(fourth.outcome == Outcome::kGranted);
}

TEST_CASE("a newcomer queues behind those who wait", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    auto& third = driver.acquire();
    driver.release(first);
    CHECK(second.outcome == Outcome::kGranted);
    CHECK(third.outcome == Outcome::kPending);
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kPending);
    CHECK(driver.machine.stats().waiting == 1);
}

TEST_CASE("who does not wait takes what is idle or nothing, and has nothing opened",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet()};
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kPending);
    CHECK(driver.opening.empty());
    CHECK(driver.machine.stats().waiting == 0);
    driver.fill(1);
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kGranted);
}

TEST_CASE("beyond max_waiters an acquire is refused at once", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.max_waiters = 2;
    MachineDriver driver{options};
    driver.acquire();
    driver.acquire();
    CHECK(driver.acquire().outcome == Outcome::kRejected);
    CHECK(driver.machine.stats().rejected == 1);
    driver.opened();
    CHECK(driver.acquire().outcome == Outcome::kPending);
}

TEST_CASE("a waiter that left is passed over, wherever it stood", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    auto& third = driver.acquire();
    driver.give_up(second, false);
    driver.opened();
    CHECK(first.outcome == Outcome::kGranted);
    driver.release(first);
    CHECK(second.outcome == Outcome::kGaveUp);
    CHECK(third.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().timeouts == 0);
}

// boostorg/mysql#509, vert.x#6169, psycopg#1275
TEST_CASE("leaving after the grant changes nothing, and what is given back serves the next",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    driver.opened();
    driver.give_up(first, false);
    CHECK(first.outcome == Outcome::kGranted);
    CHECK(second.outcome == Outcome::kPending);
    driver.take_back(first, false);
    CHECK(second.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().acquired == 1);
}

TEST_CASE("a caller that was handed a dead connection asks again ahead of all who came later",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.fill(1);
    auto& unlucky = driver.acquire();
    REQUIRE(unlucky.outcome == Outcome::kGranted);
    driver.pass(1ms);
    auto& later = driver.acquire();
    driver.take_back(unlucky, true);
    unlucky.outcome = Outcome::kPending;
    unlucky.keeps_place = true;
    driver.ask(unlucky);
    driver.closed();
    driver.opened();
    CHECK(unlucky.outcome == Outcome::kGranted);
    CHECK(later.outcome == Outcome::kPending);
    CHECK(driver.machine.stats().closed_broken == 1);
}

TEST_CASE("a returning caller is not refused for max_waiters", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.max_waiters = 1;
    MachineDriver driver{options};
    driver.fill(1);
    auto& unlucky = driver.acquire();
    driver.acquire();
    driver.take_back(unlucky, true);
    unlucky.outcome = Outcome::kPending;
    unlucky.keeps_place = true;
    driver.ask(unlucky);
    CHECK(unlucky.outcome == Outcome::kPending);
    CHECK(driver.machine.stats().waiting == 2);
}

TEST_CASE("the longest wait and the peaks are remembered", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.acquire();
    driver.pass(7ms);
    driver.opened();
    driver.release(first);
    const auto stats = driver.machine.stats();
    CHECK(stats.longest_wait == 7ms);
    CHECK(stats.peak_waiting == 2);
    CHECK(stats.peak_lent == 1);
}

TEST_CASE("holders are told with the oldest lease first", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(3)};
    for (int i = 0; i < 3; ++i) {
        driver.acquire();
        driver.opened();
        driver.pass(1s);
    }
    driver.release(*driver.waiters[1]);
    const auto holders = driver.machine.holders(driver.now, 5);
    REQUIRE(holders.size() == 2);
    CHECK(holders[0].held == 3s);
    CHECK(holders[1].held == 1s);
    CHECK(driver.machine.holders(driver.now, 1).size() == 1);
}

}  // namespace
}  // namespace cistern::test
