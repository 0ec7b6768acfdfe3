// Who goes first, and what is kept for whom.

#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using enum Priority;

PoolOptions reserving(std::uint32_t max_size, ReserveOptions reserve) {
    auto options = MachineDriver::quiet(max_size);
    options.reserve = reserve;
    return options;
}

TEST_CASE("whoever is more urgent is served first, and in the order they came among equals",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto* user = &driver.acquire();
    driver.opened();
    std::vector<Waiter*> expected(6);
    expected[4] = &driver.acquire(kLow);
    expected[2] = &driver.acquire(kNormal);
    expected[0] = &driver.acquire(kHigh);
    expected[5] = &driver.acquire(kLow);
    expected[3] = &driver.acquire(kNormal);
    expected[1] = &driver.acquire(kHigh);
    for (auto* const next : expected) {
        driver.release(*user);
        CHECK(next->outcome == Outcome::kGranted);
        user = next;
    }
}

TEST_CASE("after sixteen more urgent callers the oldest of a lower priority is next",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto* user = &driver.acquire();
    driver.opened();
    auto& patient = driver.acquire(kLow);
    auto& next_patient = driver.acquire(kLow);
    driver.acquire(kHigh);
    const auto hand_overs_until = [&](const Waiter& wanted) {
        int count = 0;
        while (wanted.outcome == Outcome::kPending) {
            driver.acquire(kHigh);
            driver.release(*user);
            user = driver.woken.back();
            ++count;
        }
        return count;
    };
    CHECK(hand_overs_until(patient) == 17);
    CHECK(hand_overs_until(next_patient) == 17);
}

TEST_CASE("two lower priorities share what the highest leaves them", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    auto* user = &driver.acquire();
    driver.opened();
    std::array<int, core::kPriorities> served{};
    for (int done = 0; done < 180; ++done) {
        for (const auto priority : {kHigh, kNormal, kLow}) {
            driver.acquire(priority);
        }
        driver.release(*user);
        user = driver.woken.back();
        ++served[static_cast<std::size_t>(user->priority)];
    }
    CHECK(served[0] >= 158);
    CHECK(served[1] >= 10);
    CHECK(served[2] == 180 / 17);
}

TEST_CASE("what is reserved for urgent callers is not lent to others, who wait beside it",
          "[unit][core]") {
    MachineDriver driver{reserving(3, {.high = 1})};
    auto& first = driver.acquire(kHigh);
    driver.opened();
    driver.release(first);
    REQUIRE(driver.count(State::kIdle) == 1);
    CHECK(driver.acquire(kNormal).outcome == Outcome::kGranted);
    auto& low = driver.acquire(kLow);
    driver.opened();
    CHECK(low.outcome == Outcome::kGranted);
    auto& held_back = driver.acquire(kNormal);
    CHECK(driver.opening.empty());  // it would be for nobody
    CHECK(driver.machine.stats().held_back == 1);
    CHECK(driver.acquire(Patience::kNone, kNormal).outcome == Outcome::kPending);
    auto& urgent = driver.acquire(kHigh);
    driver.opened();
    CHECK(urgent.outcome == Outcome::kGranted);
    driver.release(urgent);
    CHECK(driver.count(State::kIdle) == 1);
    CHECK(held_back.outcome == Outcome::kPending);
    CHECK(driver.acquire(kHigh).outcome == Outcome::kGranted);
    driver.release(low);
    CHECK(held_back.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().held_back == 0);
}

TEST_CASE("what is reserved for normal callers is kept from low ones only", "[unit][core]") {
    MachineDriver driver{reserving(3, {.high = 1, .normal = 1})};
    driver.acquire(kLow);
    driver.opened();
    auto& low = driver.acquire(kLow);
    CHECK(driver.opening.empty());
    auto& normal = driver.acquire(kNormal);
    driver.opened();
    CHECK(low.outcome == Outcome::kPending);
    CHECK(normal.outcome == Outcome::kGranted);
    auto& second = driver.acquire(kNormal);
    CHECK(driver.opening.empty());
    CHECK(driver.machine.stats().held_back == 2);
    driver.release(*driver.waiters[0]);
    CHECK(second.outcome == Outcome::kGranted);
    CHECK(low.outcome == Outcome::kPending);
}

TEST_CASE("a lease that ends broken lets one who was held back have what is idle", "[unit][core]") {
    MachineDriver driver{reserving(2, {.high = 1})};
    auto& urgent = driver.acquire(kHigh);
    driver.opened();
    auto& user = driver.acquire();
    driver.opened();
    driver.release(urgent);
    const auto how = GENERATE(Return::kBroken, Return::kDiscarded, Return::kNeedsReset);
    auto& held_back = driver.acquire();
    REQUIRE(held_back.outcome == Outcome::kPending);
    driver.release(user, how);
    CHECK(held_back.outcome == Outcome::kGranted);
}

TEST_CASE("who was handed a dead connection has what is idle before those who were held back",
          "[unit][core]") {
    MachineDriver driver{reserving(2, {.high = 1})};
    auto& urgent = driver.acquire(kHigh);
    driver.opened();
    auto& unlucky = driver.acquire();
    driver.opened();
    driver.release(urgent);
    driver.pass(1ms);
    auto& held_back = driver.acquire();
    driver.take_back(unlucky, true);
    unlucky.outcome = Outcome::kPending;
    unlucky.keeps_place = true;
    SECTION("when it asks again") {
        driver.ask(unlucky);
        CHECK(unlucky.outcome == Outcome::kGranted);
        CHECK(held_back.outcome == Outcome::kPending);
    }
    SECTION("unless it gives up") {
        driver.give_up(unlucky);
        CHECK(held_back.outcome == Outcome::kGranted);
    }
}

TEST_CASE("a pool that grows lets those have what is idle who were held back", "[unit][core]") {
    MachineDriver driver{reserving(2, {.high = 1})};
    auto& urgent = driver.acquire(kHigh);
    driver.opened();
    driver.acquire();
    driver.opened();
    driver.release(urgent);
    auto& held_back = driver.acquire();
    driver.cap = 3;
    driver.resize(3);
    CHECK(held_back.outcome == Outcome::kGranted);
}

TEST_CASE("a connect error and the end of the pool are told to callers of every priority",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    for (const auto priority : {kLow, kNormal, kHigh}) {
        driver.acquire(priority);
    }
    const bool is_closed = GENERATE(false, true);
    if (is_closed) {
        driver.close();
    } else {
        driver.open_failed(true);
    }
    for (const auto& waiter : driver.waiters) {
        CHECK(waiter->outcome == (is_closed ? Outcome::kClosed : Outcome::kFailed));
    }
}

TEST_CASE("who was handed a dead connection goes first among equals only", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.fill(1);
    auto& unlucky = driver.acquire();
    driver.pass(1ms);
    auto& equal = driver.acquire();
    auto& urgent = driver.acquire(kHigh);
    driver.take_back(unlucky, true);
    unlucky.outcome = Outcome::kPending;
    unlucky.keeps_place = true;
    driver.ask(unlucky);
    driver.closed();
    driver.opened();
    CHECK(urgent.outcome == Outcome::kGranted);
    driver.release(urgent);
    CHECK(unlucky.outcome == Outcome::kGranted);
    CHECK(equal.outcome == Outcome::kPending);
}

TEST_CASE("only those who go before make a caller hopeless", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.reject_hopeless = true;
    MachineDriver driver{options};
    auto* user = &driver.acquire();
    driver.opened();
    driver.resize(1);  // the connect was no hand-off
    for (int done = 0; done < 8; ++done) {
        auto& next = driver.acquire();
        driver.pass(100ms);
        driver.release(*user);
        user = &next;
    }
    driver.acquire(kLow);
    driver.acquire(kLow);
    CHECK(driver.acquire_within(1ms, kHigh).outcome == Outcome::kPending);
    CHECK(driver.acquire_within(199ms, kNormal).outcome == Outcome::kHopeless);
    CHECK(driver.acquire_within(399ms, kLow).outcome == Outcome::kHopeless);
    CHECK(driver.acquire_within(400ms, kLow).outcome == Outcome::kPending);
}

}  // namespace
}  // namespace cistern::test
