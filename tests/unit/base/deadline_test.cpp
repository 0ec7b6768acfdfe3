#include "support/manual_clock.hpp"

#include <cistern/deadline.hpp>

#include <catch2/catch.hpp>

using cistern::Clock;
using cistern::Deadline;
using cistern::Timeout;
using cistern::test::ManualClock;
using namespace std::chrono_literals;

TEST_CASE("a deadline lies its timeout after now", "[unit][base]") {
    ManualClock clock;
    clock.advance(5s);

    CHECK(clock.deadline_after(2s) == Clock::deadline_at(7s));
    CHECK(clock.left(clock.deadline_after(2s)) == 2s);
}

TEST_CASE("a timeout of zero or less is a deadline that has passed", "[unit][base]") {
    ManualClock clock;
    clock.advance(5s);
    const auto timeout = GENERATE(Timeout{0}, Timeout{-1ns}, Timeout{-1h}, Timeout::min());

    const auto deadline = clock.deadline_after(timeout);

    CHECK(deadline == Clock::deadline_at(5s));
    CHECK(clock.has_passed(deadline));
    CHECK(clock.left(deadline) == 0ns);
}

TEST_CASE("a timeout too long to be counted never passes", "[unit][base]") {
    ManualClock clock;
    clock.advance(24h);
    const auto timeout = GENERATE(Timeout::max(), Timeout::max() - 1ns, Timeout::max() - 24h);

    const auto deadline = clock.deadline_after(timeout);

    CHECK(deadline.is_never());
    CHECK(clock.left(deadline) == Timeout::max());
    CHECK_FALSE(clock.has_passed(deadline));
}

TEST_CASE("the longest timeout that can be counted is counted", "[unit][base]") {
    ManualClock clock;
    clock.advance(24h);

    const auto deadline = clock.deadline_after(Timeout::max() - 24h - 1ns);

    CHECK_FALSE(deadline.is_never());
    CHECK(clock.left(deadline) == Timeout::max() - 24h - 1ns);
}

TEST_CASE("a deadline passes at its instant and stays passed", "[unit][base]") {
    ManualClock clock;
    const auto deadline = clock.deadline_after(10ns);

    clock.advance(9ns);
    CHECK_FALSE(clock.has_passed(deadline));
    clock.advance(1ns);
    CHECK(clock.has_passed(deadline));
    clock.advance(1h);
    CHECK(clock.has_passed(deadline));
    CHECK(clock.left(deadline) == 0ns);
}

TEST_CASE("deadlines are ordered by time, and never comes last", "[unit][base]") {
    CHECK(Clock::deadline_at(1ns) < Clock::deadline_at(2ns));
    CHECK(Clock::deadline_at(1h) < Deadline::never());
    CHECK(Clock::deadline_at(std::chrono::nanoseconds::min()) < Clock::deadline_at(0ns));
}

TEST_CASE("what is left of the most distant past is nothing", "[unit][base]") {
    ManualClock clock;
    clock.advance(1s);

    CHECK(clock.left(Clock::deadline_at(std::chrono::nanoseconds::min())) == 0ns);
}
