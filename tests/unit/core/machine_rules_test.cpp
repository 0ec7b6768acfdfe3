#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

TEST_CASE("a closed pool tells its waiters, closes what is idle, and lends nothing",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(2)};
    auto& user = driver.acquire();
    driver.opened();
    auto& second = driver.acquire();
    driver.opened();
    driver.release(second);
    CHECK(driver.count(State::kIdle) == 1);
    auto& taker = driver.acquire();
    auto& waiter = driver.acquire();
    driver.release(taker);
    CHECK(waiter.outcome == Outcome::kGranted);
    auto& last = driver.acquire();
    driver.close();
    CHECK(last.outcome == Outcome::kClosed);
    CHECK(driver.acquire().outcome == Outcome::kClosed);
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kClosed);
    driver.release(user);
    driver.release(waiter, Return::kNeedsReset);
    driver.closed();
    driver.closed();
    CHECK(driver.machine.total() == 0);
    CHECK(driver.opening.empty());
}

TEST_CASE("what is under way when the pool closes is closed when it is done", "[unit][core]") {
    auto options = MachineDriver::quiet(3);
    options.keepalive_interval = 1s;
    MachineDriver driver{options};
    driver.fill(1);
    driver.pass(1s);
    driver.tick();
    driver.acquire();
    driver.acquire();
    REQUIRE(driver.opening.size() == 1);
    REQUIRE(driver.validating.size() == 1);
    driver.close();
    driver.opened();
    driver.validated();
    CHECK(driver.closing.size() == 2);
    driver.closed();
    driver.closed();
    CHECK(driver.machine.total() == 0);
}

TEST_CASE("closing twice is closing once", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.fill(1);
    driver.close();
    driver.close();
    CHECK(driver.closing.size() == 1);
}

TEST_CASE("an open that fails after the pool closed is not tried again", "[unit][core]") {
    auto options = MachineDriver::quiet(2);
    options.min_idle = 1;
    MachineDriver driver{options};
    driver.close();
    driver.open_failed();
    driver.pass(1h);
    CHECK(driver.opening.empty());
    CHECK(driver.machine.total() == 0);
}

TEST_CASE("a flush closes what is idle, and what was lent or opening when it comes",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(3)};
    driver.fill(2);
    auto& user = driver.acquire();
    driver.acquire();
    driver.acquire();
    REQUIRE(driver.opening.size() == 1);
    driver.flush();
    driver.opened();
    CHECK(driver.closing.size() == 1);
    driver.release(user);
    CHECK(driver.closing.size() == 2);
    driver.closed();
    driver.closed();
    CHECK(driver.opening.size() == 1);
    driver.opened();
    CHECK(driver.waiters.back()->outcome == Outcome::kGranted);
}

TEST_CASE("a larger max_size opens for those who wait", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(1)};
    driver.acquire();
    driver.opened();
    auto& waiter = driver.acquire();
    driver.cap = 2;
    driver.resize(2);
    driver.opened();
    CHECK(waiter.outcome == Outcome::kGranted);
}

TEST_CASE("a smaller max_size sheds what is idle now and what is lent later, and no more",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(4)};
    driver.fill(4);
    for (int i = 0; i < 3; ++i) {
        driver.acquire();
    }
    driver.resize(2);
    CHECK(driver.closing.size() == 1);
    for (std::size_t i = 4; i < 7; ++i) {
        driver.release(*driver.waiters[i]);
    }
    CHECK(driver.closing.size() == 2);
    CHECK(driver.count(State::kIdle) == 2);
}

TEST_CASE("what is closing already counts as shed", "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(3)};
    driver.fill(3);
    driver.release(driver.acquire(), Return::kBroken);
    driver.resize(2);
    CHECK(driver.count(State::kIdle) == 2);
}

TEST_CASE("with a bypass window a newcomer may pass the first waiter, for so long and no longer",
          "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.bypass_window = 50us;
    MachineDriver driver{options};
    auto* user = &driver.acquire();
    driver.opened();
    auto& patient = driver.acquire();
    driver.release(*user);
    CHECK(patient.outcome == Outcome::kPending);
    CHECK(driver.nudged == std::vector<Waiter*>{&patient});
    for (int i = 0; i < 4; ++i) {
        user = &driver.acquire();
        CHECK(user->outcome == Outcome::kGranted);
        driver.pass(10us);
        driver.release(*user);
        CHECK(patient.outcome == Outcome::kPending);
    }
    user = &driver.acquire();
    REQUIRE(user->outcome == Outcome::kGranted);
    driver.pass(10us);
    driver.release(*user);
    CHECK(patient.outcome == Outcome::kGranted);
    CHECK(driver.nudged.size() == 1);
}

TEST_CASE("a nudged waiter takes what it finds idle, and passes the nudge on when it leaves",
          "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.bypass_window = 50us;
    MachineDriver driver{options};
    auto& user = driver.acquire();
    driver.opened();
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    driver.release(user);
    driver.give_up(first);
    CHECK(driver.nudged == std::vector<Waiter*>{&first, &second});
    driver.look_again(second);
    CHECK(second.outcome == Outcome::kGranted);
}

TEST_CASE("a nudged waiter that comes too late waits on, and is nudged again", "[unit][core]") {
    auto options = MachineDriver::quiet(1);
    options.bypass_window = 50us;
    MachineDriver driver{options};
    auto& user = driver.acquire();
    driver.opened();
    auto& waiter = driver.acquire();
    driver.release(user);
    auto& quick = driver.acquire();
    REQUIRE(quick.outcome == Outcome::kGranted);
    driver.look_again(waiter);
    CHECK(waiter.outcome == Outcome::kPending);
    driver.release(quick);
    CHECK(driver.nudged.size() == 2);
}

TEST_CASE("what was opened with retired credentials is closed, idle now and lent as it comes back",
          "[unit][core]") {
    MachineDriver driver{MachineDriver::quiet(4)};
    driver.fill(4);
    for (std::uint32_t index = 0; index < 4; ++index) {
        driver.machine.slot(index).credentials = index < 2 ? 1 : 2;
    }
    auto& lent = driver.acquire();
    auto& other = driver.acquire();
    auto& third = driver.acquire();
    driver.retire_credentials(2);
    std::uint32_t old = 0;
    for (const auto* waiter : {&lent, &other, &third}) {
        old += waiter->slot->credentials < 2 ? 1 : 0;
    }
    CHECK(driver.closing.size() == 2 - old);
    for (auto* waiter : {&lent, &other, &third}) {
        driver.release(*waiter);
    }
    CHECK(driver.closing.size() == 2);
    CHECK(driver.count(State::kIdle) == 2);
    for (const auto* slot : driver.closing) {
        CHECK(slot->close_reason == CloseReason::kOldCredentials);
    }
}

}  // namespace
}  // namespace cistern::test
