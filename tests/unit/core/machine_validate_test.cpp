#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

PoolOptions asking_after(std::chrono::nanoseconds idle, std::uint32_t max_size = 2) {
    auto options = MachineDriver::quiet(max_size);
    options.validate_after_idle = idle;
    return options;
}

TEST_CASE("a connection idle for longer than validate_after_idle is validated before it is lent",
          "[unit][core]") {
    MachineDriver driver{asking_after(500ms)};
    driver.fill(1);
    driver.now = driver.now - 1ms + 500ms;
    auto& soon = driver.acquire();
    CHECK(soon.outcome == Outcome::kGranted);
    driver.release(soon);
    driver.pass(501ms);
    auto& late = driver.acquire();
    CHECK(late.outcome == Outcome::kPending);
    CHECK(driver.validating.size() == 1);
    CHECK(driver.opening.empty());  // the one being validated will do
    driver.validated();
    CHECK(late.outcome == Outcome::kGranted);
    CHECK(driver.machine.stats().validations == 1);
}

TEST_CASE("with validate_after_idle = 0 the server is asked before every lease but the first",
          "[unit][core]") {
    MachineDriver driver{asking_after(0s, 1)};
    auto& first = driver.acquire();
    driver.opened();
    CHECK(first.outcome == Outcome::kGranted);
    auto& second = driver.acquire();
    driver.release(first);
    CHECK(second.outcome == Outcome::kPending);
    driver.validated();
    CHECK(second.outcome == Outcome::kGranted);
}

TEST_CASE("who does not wait gets it unasked", "[unit][core]") {
    MachineDriver driver{asking_after(0s)};
    driver.fill(1);
    CHECK(driver.acquire(Patience::kProven).outcome == Outcome::kPending);
    auto& taker = driver.acquire(Patience::kNone);
    CHECK(taker.outcome == Outcome::kGranted);
}

TEST_CASE("a failed validation frees the place, and the waiter stays in front", "[unit][core]") {
    MachineDriver driver{asking_after(0s, 1)};
    driver.fill(1);
    auto& first = driver.acquire();
    auto& second = driver.acquire();
    driver.validated(false);
    CHECK(first.outcome == Outcome::kPending);
    driver.closed();
    driver.opened();
    CHECK(first.outcome == Outcome::kGranted);
    CHECK(second.outcome == Outcome::kPending);
    CHECK(driver.machine.stats().closed_invalid == 1);
}

TEST_CASE("after a failed validation all that is idle is validated at once", "[unit][core]") {
    MachineDriver driver{asking_after(1ms, 4)};
    driver.fill(4);
    driver.pass(1s);
    auto& waiter = driver.acquire();
    CHECK(driver.validating.size() == 1);
    driver.validated(false);
    CHECK(driver.validating.size() == 3);
    driver.validated();
    CHECK(waiter.outcome == Outcome::kGranted);
    driver.validated();
    driver.validated();
    CHECK(driver.count(State::kIdle) == 2);
}

TEST_CASE("those suspected after a failed validation are not counted on", "[unit][core]") {
    MachineDriver driver{asking_after(1ms, 3)};
    driver.fill(3);
    driver.pass(1s);
    auto& waiter = driver.acquire();
    driver.validated(false);
    driver.closed();
    REQUIRE(driver.opening.size() == 1);
    driver.opened();
    CHECK(waiter.outcome == Outcome::kGranted);
    driver.validated();
    driver.validated();
    CHECK(driver.count(State::kIdle) == 2);
}

TEST_CASE("a newcomer takes nothing idle while somebody waits for a validation", "[unit][core]") {
    MachineDriver driver{asking_after(1ms, 2)};
    driver.fill(2);
    driver.pass(1s);
    auto& first = driver.acquire();
    REQUIRE(driver.count(State::kIdle) == 1);
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kPending);
    driver.validated();
    CHECK(first.outcome == Outcome::kGranted);
    CHECK(driver.acquire(Patience::kNone).outcome == Outcome::kGranted);
}

TEST_CASE("a connection that comes back while another is validated serves the waiter first",
          "[unit][core]") {
    MachineDriver driver{asking_after(10ms)};
    driver.fill(2);
    auto& user = driver.acquire();
    driver.pass(1s);
    auto& waiter = driver.acquire();
    REQUIRE(driver.validating.size() == 1);
    driver.release(user);
    CHECK(waiter.outcome == Outcome::kGranted);
    driver.validated();
    CHECK(driver.count(State::kIdle) == 1);
}

TEST_CASE("one validation is started for each waiter", "[unit][core]") {
    MachineDriver driver{asking_after(1ms, 4)};
    driver.fill(3);
    driver.pass(1s);
    driver.acquire();
    driver.acquire();
    CHECK(driver.validating.size() == 2);
    CHECK(driver.count(State::kIdle) == 1);
}

TEST_CASE("a waiter that is granted something else leaves the validated connection idle",
          "[unit][core]") {
    MachineDriver driver{asking_after(1ms)};
    driver.fill(1);
    const auto idle_since = driver.now - 1ms;
    driver.pass(1s);
    driver.give_up(driver.acquire());
    const auto& slot = driver.validated();
    CHECK(slot.state == State::kIdle);
    CHECK(slot.idle_since == idle_since);  // nobody used it
}

}  // namespace
}  // namespace cistern::test
