// Who is refused though the queue has room.

#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

// One connection, which is lent.
struct Busy : MachineDriver {
    explicit Busy(const PoolOptions& options) : MachineDriver{options}, user{&acquire()} {
        opened();
    }
    static PoolOptions codel() {
        auto options = quiet(1);
        options.codel = {.target = 10ms, .interval = 100ms};
        return options;
    }
    // The first in the queue gets what `user` had.
    void hand_over(Waiter& to) {
        release(*user);
        REQUIRE(to.outcome == Outcome::kGranted);
        user = &to;
    }
    // Three callers, of whom the first has been refused because the queue is overloaded.
    void overload() {
        auto& oldest = acquire();
        pass(105ms);
        acquire();
        pass(6ms);
        acquire();
        REQUIRE(oldest.outcome == Outcome::kShed);
    }
    Waiter& newest() { return *waiters.back(); }

    Waiter* user;
};

TEST_CASE("once the oldest caller was late all through an interval, whoever is late is refused",
          "[unit][core]") {
    Busy pool{Busy::codel()};
    auto& first = pool.acquire();
    pool.pass(60ms);
    auto& second = pool.acquire();
    pool.pass(49ms);
    auto& third = pool.acquire();
    CHECK(first.outcome == Outcome::kPending);  // late for 99 ms
    pool.pass(1ms);
    auto& fourth = pool.acquire();
    CHECK(first.outcome == Outcome::kShed);
    CHECK(second.outcome == Outcome::kShed);
    CHECK(third.outcome == Outcome::kPending);
    CHECK(fourth.outcome == Outcome::kPending);
    CHECK(pool.woken == std::vector{pool.waiters[0].get(), &first, &second});
    CHECK(pool.machine.stats().rejected == 2);
    CHECK(pool.machine.stats().rejected_late == 2);
    CHECK(pool.machine.stats().timeouts == 0);
}

TEST_CASE("a connection that becomes free goes to who is in time, or else to the last",
          "[unit][core]") {
    Busy pool{Busy::codel()};
    pool.acquire();
    pool.acquire();
    auto& last = pool.acquire();
    pool.pass(1s);
    pool.hand_over(last);
    CHECK(pool.machine.stats().rejected_late == 2);
}

TEST_CASE("who waits alone is not refused, however late", "[unit][core]") {
    Busy pool{Busy::codel()};
    auto& alone = pool.acquire();
    pool.pass(1h);
    pool.tick();
    pool.hand_over(alone);
    CHECK(pool.machine.stats().rejected == 0);
}

TEST_CASE("a burst that is worked off within an interval costs nobody his place", "[unit][core]") {
    Busy pool{Busy::codel()};
    auto& first = pool.acquire();
    pool.pass(90ms);
    auto& second = pool.acquire();
    pool.hand_over(first);  // now the oldest is not late
    pool.pass(100ms);
    pool.acquire();
    CHECK(second.outcome == Outcome::kPending);  // late for 90 ms
    pool.pass(10ms);
    pool.acquire();
    CHECK(second.outcome == Outcome::kShed);
}

TEST_CASE("an overload lasts while somebody has to be refused", "[unit][core]") {
    Busy pool{Busy::codel()};
    pool.overload();
    for (int round = 0; round < 20; ++round) {
        auto& late = pool.newest();
        pool.pass(11ms);
        pool.acquire();
        CHECK(late.outcome == Outcome::kShed);
    }
}

TEST_CASE("an overload is over when nobody waits", "[unit][core]") {
    Busy pool{Busy::codel()};
    pool.overload();
    auto& last = pool.newest();
    pool.give_up(*pool.waiters[pool.waiters.size() - 2]);
    pool.hand_over(last);
    auto& late = pool.acquire();
    pool.pass(50ms);
    pool.acquire();
    CHECK(late.outcome == Outcome::kPending);
}

TEST_CASE("an overload is over when nobody had to be refused for an interval", "[unit][core]") {
    Busy pool{Busy::codel()};
    pool.overload();
    pool.hand_over(*pool.waiters[pool.waiters.size() - 2]);
    for (int round = 0; round < 20; ++round) {
        auto& in_time = pool.newest();
        pool.pass(5ms);
        pool.acquire();
        pool.hand_over(in_time);
    }
    auto& late = pool.newest();
    pool.pass(50ms);
    pool.acquire();
    CHECK(late.outcome == Outcome::kPending);
}

TEST_CASE("a paused pool refuses nobody, and the pause counts for no overload", "[unit][core]") {
    Busy pool{Busy::codel()};
    auto& first = pool.acquire();
    pool.pass(50ms);
    pool.pause();
    pool.pass(1s);
    pool.acquire();
    pool.resume();
    pool.pass(99ms);
    pool.acquire();
    CHECK(first.outcome == Outcome::kPending);
    pool.pass(1ms);
    pool.acquire();
    CHECK(first.outcome == Outcome::kShed);
}

TEST_CASE("without codel.target nobody is refused for having waited", "[unit][core]") {
    Busy pool{MachineDriver::quiet(1)};
    auto& first = pool.acquire();
    pool.pass(1h);
    pool.acquire();
    pool.hand_over(first);
}

// -- Hopeless -------------------------------------------------------------------------------------

PoolOptions rejecting_hopeless(std::uint32_t max_size = 1) {
    auto options = MachineDriver::quiet(max_size);
    options.reject_hopeless = true;
    return options;
}

// Hands over `count` times, each `span` after the last, and leaves nobody waiting. What was before
// does not count.
void hand_over(Busy& pool, int count, Instant span) {
    pool.resize(1);
    for (int done = 0; done < count; ++done) {
        auto& next = pool.acquire();
        pool.pass(span);
        pool.hand_over(next);
    }
}

TEST_CASE("a caller whose turn would come after its deadline is refused at once", "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 100ms);
    pool.pass(1h);  // nobody waits: it says nothing about hand-offs
    pool.acquire();
    auto& hopeless = pool.acquire_within(199ms);
    CHECK(hopeless.outcome == Outcome::kHopeless);
    CHECK(hopeless.expected_wait == 200ms);
    CHECK(pool.acquire_within(200ms).outcome == Outcome::kPending);
    CHECK(pool.acquire_within(299ms).outcome == Outcome::kHopeless);
    CHECK(pool.machine.stats().rejected == 2);
    CHECK(pool.machine.stats().rejected_hopeless == 2);
    CHECK(pool.machine.stats().waiting == 2);
}

TEST_CASE("nobody is refused as hopeless before enough hand-offs were seen", "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 7, 100ms);
    pool.acquire();
    CHECK(pool.acquire_within(1ms).outcome == Outcome::kPending);
}

TEST_CASE("the only one who waits is never hopeless", "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 100ms);
    CHECK(pool.acquire_within(1ms).outcome == Outcome::kPending);
}

TEST_CASE("a connection that is being opened serves one of them without a hand-off",
          "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 100ms);
    pool.acquire();
    pool.release(*pool.user, Return::kBroken);
    pool.closed();  // one is opened in its place
    REQUIRE(pool.opening.size() == 1);
    CHECK(pool.acquire_within(99ms).outcome == Outcome::kHopeless);
    CHECK(pool.acquire_within(100ms).outcome == Outcome::kPending);
}

TEST_CASE("nobody counts on places that other pools have lent", "[unit][core]") {
    auto options = rejecting_hopeless(3);
    options.max_connecting = 1;
    Busy pool{options};
    pool.resize(3);  // the connect was no hand-off
    for (int done = 0; done < 8; ++done) {
        auto& next = pool.acquire();
        pool.pass(100ms);
        pool.opened();
        REQUIRE(next.outcome == Outcome::kGranted);
        pool.release(next, Return::kBroken);
        pool.closed();
    }
    pool.acquire_within(1h, Priority::kNormal, 2);  // for whom one is being opened
    CHECK(pool.acquire_within(99ms, Priority::kNormal, 2).outcome == Outcome::kHopeless);
    CHECK(pool.acquire_within(99ms, Priority::kNormal, 0).outcome == Outcome::kPending);
}

TEST_CASE("nobody counts on what is reserved for others", "[unit][core]") {
    auto options = rejecting_hopeless(3);
    options.reserve.high = 2;
    Busy pool{options};
    pool.resize(3);  // the connect was no hand-off
    for (int done = 0; done < 9; ++done) {
        auto& next = pool.acquire();
        pool.pass(100ms);
        pool.hand_over(next);
    }
    pool.acquire();
    CHECK(pool.acquire_within(199ms).outcome == Outcome::kHopeless);
    CHECK(pool.acquire_within(1ms, Priority::kHigh).outcome == Outcome::kPending);
}

TEST_CASE("after a resize hand-offs are counted anew", "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 100ms);
    pool.resize(1);
    pool.acquire();
    CHECK(pool.acquire_within(1ms).outcome == Outcome::kPending);
}

TEST_CASE("a paused pool holds nobody for hopeless, and the pause for no slow hand-off",
          "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 100ms);
    auto& waiter = pool.acquire();
    pool.pause();
    CHECK(pool.acquire_within(1ms).outcome == Outcome::kPending);
    pool.pass(1h);
    pool.resume();
    pool.pass(100ms);
    pool.hand_over(waiter);
    CHECK(pool.acquire_within(199ms).outcome == Outcome::kHopeless);
    CHECK(pool.acquire_within(200ms).outcome == Outcome::kPending);
}

TEST_CASE("when hand-offs get faster, fewer are hopeless", "[unit][core]") {
    Busy pool{rejecting_hopeless()};
    hand_over(pool, 8, 1s);
    for (int done = 0; done < 30; ++done) {
        auto& next = pool.acquire();
        pool.pass(1ms);
        pool.hand_over(next);
    }
    pool.acquire();
    CHECK(pool.acquire_within(100ms).outcome == Outcome::kPending);
}

TEST_CASE("without reject_hopeless everyone may wait", "[unit][core]") {
    Busy pool{MachineDriver::quiet(1)};
    hand_over(pool, 8, 100ms);
    pool.acquire();
    CHECK(pool.acquire_within(1ms).outcome == Outcome::kPending);
}

}  // namespace
}  // namespace cistern::test
