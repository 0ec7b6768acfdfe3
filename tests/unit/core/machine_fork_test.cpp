// The machine in a child of fork().

#include "machine_driver.hpp"

#include <catch2/catch.hpp>

using namespace cistern;
using namespace cistern::test;

TEST_CASE("a machine that begins anew has nothing open, nobody waiting and nothing counted",
          "[core]") {
    MachineDriver driver{MachineDriver::quiet(2)};
    driver.acquire();
    driver.opened();
    driver.acquire();
    driver.opened();
    driver.acquire();
    REQUIRE(driver.machine.stats().lent == 2);
    REQUIRE(driver.machine.stats().waiting == 1);
    const core::Slot* const place = &driver.machine.slot(0);

    const auto given_up = driver.machine.begin_anew();

    CHECK(given_up.size() == 2);
    CHECK(&given_up.front() == place);  // whoever still refers to it finds it where it was
    const auto stats = driver.machine.stats();
    CHECK(stats.total == 0);
    CHECK(stats.waiting == 0);
    CHECK(stats.acquired == 0);
    CHECK(stats.opened == 0);
    CHECK(driver.machine.places() == 2);
    CHECK(driver.machine.next_due() == core::kNever);
    CHECK(driver.machine.opens_wanted() == 0);
}

TEST_CASE("a machine that begins anew keeps to the rules that it had", "[core]") {
    auto options = MachineDriver::quiet(2);
    core::PoolMachine machine{options};
    core::Actions actions;
    machine.make_room(5);
    machine.resize(5, 3, 0s, actions);
    machine.pause(0s);
    static_cast<void>(machine.begin_anew());
    CHECK(machine.options().max_size == 5);
    CHECK(machine.options().min_idle == 3);
    CHECK(machine.places() == 5);
    CHECK(machine.is_paused());
    CHECK_FALSE(machine.is_closed());

    machine.resume(1s, actions);
    CHECK(machine.opens_wanted() == 3);
    machine.close(1s, actions);
    static_cast<void>(machine.begin_anew());
    CHECK(machine.is_closed());
}
