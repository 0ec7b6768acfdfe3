#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("a clean return is idle, or goes to the oldest waiter at once", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    CHECK(driver.release(first));
    CHECK(second.slot == first.slot);
    CHECK(driver.release(second));
    CHECK(driver.count(State::kIdle) == 1);
    CHECK(driver.machine.stats().released == 2);
}

TEST_CASE("sp08_double_release_is_rejected", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& user = driver.acquire();
    driver.opened();
    CHECK(driver.release(user));
    CHECK_FALSE(driver.release(user));
    CHECK(driver.machine.stats().released == 1);
    CHECK(driver.count(State::kIdle) == 1);
}

// djc/bb8#167
TEST_CASE("the end of a broken connection has another one opened for whoever waits",
          "[unit][core]") {
    const auto how = GENERATE(Return::kBroken, Return::kDiscarded);
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    driver.release(first, how);
    CHECK(driver.closing.size() == 1);
    CHECK(driver.opening.empty());  // its place is still taken
    driver.closed();
    REQUIRE(driver.opening.size() == 1);
    driver.opened();
    CHECK(second.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().closed_broken == (how == Return::kBroken ? 1 : 0));
}

TEST_CASE("what needs a reset is reset before anybody gets it", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    driver.release(first, Return::kNeedsReset);
    CHECK(second.outcome == Outcome::kPending);
    CHECK(driver.machine.stats().validating == 1);
    driver.was_reset();
    CHECK(second.outcome == Outcome::kGranted);
}

TEST_CASE("a connection whose reset fails is closed and its place used again", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto& first = driver.acquire();
    driver.opened();
    driver.release(first, Return::kNeedsReset);
    auto& second = driver.acquire();
    driver.was_reset(false);
    driver.closed();
    driver.opened();
    CHECK(second.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().closed_invalid == 1);
}

TEST_CASE("what would be closed anyway is not reset first", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.max_lifetime = 1s;
    MachineDriver driver{options};
    auto& user = driver.acquire();
    driver.opened();
    driver.pass(1s);
    driver.release(user, Return::kNeedsReset);
    CHECK(driver.resetting.empty());
    CHECK(driver.closing.size() == 1);
}

TEST_CASE("a connection whose peer hung up is closed at once when idle, and else not lent again",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.fill(1);
    Slot& slot = driver.machine.slot(0);
    SECTION("idle") {
        driver.hung_up(slot);
    }
    SECTION("lent") {
        auto& user = driver.acquire();
        driver.hung_up(slot);
        CHECK(driver.count(State::kLent) == 1);
        driver.release(user, GENERATE(Return::kClean, Return::kNeedsReset));
    }
    SECTION("lent, and given back by somebody who had left") {
        auto& user = driver.acquire();
        driver.hung_up(slot);
        driver.take_back(user, false);
    }
    CHECK(driver.count(State::kClosing) == 1);
    CHECK(slot.close_reason == CloseReason::kBroken);
    driver.closed();
    auto& next = driver.acquire();
    driver.opened();
    driver.release(next);
    CHECK(driver.count(State::kIdle) == 1);  // the next one in its place has not hung up
}

TEST_CASE("the order decides which idle connection is lent next", "[unit][core]") {
    const auto order = GENERATE(LendOrder::kLifo, LendOrder::kFifo, LendOrder::kOldest);
    auto options = MachineDriver::quiet(3);
    options.order = order;
    MachineDriver driver{options};
    for (int i = 0; i < 3; ++i) {
        driver.acquire();
        driver.opened();
    }
    // Born in the order 0 1 2, returned in the order 1 0 2.
    for (const auto user : {1U, 0U, 2U}) {
        driver.release(*driver.waiters[user]);
        driver.pass(1ms);
    }
    const auto next = driver.acquire().slot->birth;
    switch (order) {
        case LendOrder::kLifo:
            CHECK(next == 3);
            break;
        case LendOrder::kFifo:
            CHECK(next == 2);
            break;
        case LendOrder::kOldest:
            CHECK(next == 1);
            break;
    }
}

TEST_CASE("sp06_equal_ages_order_without_comparing_connections", "[unit][core]") {
    auto options = MachineDriver::quiet(8);
    options.order = LendOrder::kOldest;
    options.min_idle = 8;
    MachineDriver driver{options};
    while (!driver.opening.empty()) {
        driver.opened();
    }
    for (std::uint64_t birth = 1; birth <= 8; ++birth) {
        CHECK(driver.acquire().slot->birth == birth);
    }
}

}  // namespace
}  // namespace cistern::test
