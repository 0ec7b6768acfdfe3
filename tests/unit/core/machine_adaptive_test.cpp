// Pools that find their size by themselves, on virtual time, with a server that slows down.

#include "unit/core/machine_driver.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <queue>

namespace cistern::test {
namespace {

// How long a lease lasts when so many are out at once.
using Server = std::function<Instant(std::uint32_t)>;

// A server that serves `knee` at once as fast as one. Beyond it all share, and each one more costs
// `each_costs` of what it can do.
Server slowing(std::uint32_t knee, double each_costs) {
    return [=](std::uint32_t in_use) {
        const double over = in_use > knee ? in_use - knee : 0;
        const double slower = in_use > knee ? static_cast<double>(in_use) / knee : 1.0;
        return Instant{static_cast<Instant::rep>(10e6 * slower * (1.0 + over * each_costs))};
    };
}

// Callers who each ask again as soon as they have given back.
struct Load {
    Load(const PoolOptions& options, std::uint32_t callers, Server wanted)
        : driver{options}, server{std::move(wanted)} {
        for (std::uint32_t i = 0; i < callers; ++i) {
            ask();
        }
    }

    void run(Instant span) {
        const auto until = driver.now + span;
        while (!ends.empty() && ends.top().first <= until) {
            const auto [at, waiter] = ends.top();
            ends.pop();
            go_to(at);
            ++served;
            driver.release(*waiter);
            look();
            ask();
        }
        go_to(until);
    }
    void go_to(Instant at) {
        while (driver.machine.next_due() <= at) {
            driver.now = std::max(driver.now, driver.machine.next_due());
            driver.tick();
            look();
        }
        driver.now = at;
    }
    void ask() {
        auto& waiter = driver.acquire();
        if (waiter.outcome == Outcome::kGranted) {
            begin(waiter);
        }
        look();
    }
    // What was decided is done at once.
    void look() {
        while (!driver.opening.empty()) {
            driver.opened();
        }
        while (!driver.closing.empty()) {
            driver.closed();
        }
        while (seen < driver.woken.size()) {
            begin(*driver.woken[seen++]);
        }
        smallest = std::min(smallest, driver.machine.options().max_size);
    }
    void begin(Waiter& waiter) {
        ends.emplace(driver.now + server(driver.count(State::kLent)), &waiter);
    }

    using End = std::pair<Instant, Waiter*>;
    struct Later {
        bool operator()(const End& one, const End& other) const { return one.first > other.first; }
    };
    MachineDriver driver;
    Server server;
    std::priority_queue<End, std::vector<End>, Later> ends;
    std::size_t seen = 0;
    std::uint64_t served = 0;
    std::uint32_t smallest = 1000;
};

PoolOptions adaptive(std::uint32_t max_size, AdaptiveMode mode) {
    auto options = MachineDriver::quiet(max_size);
    options.adaptive = {.mode = mode, .min_size = 2, .interval = 250ms, .samples = 64};
    return options;
}

std::uint64_t served_in(Instant span, const PoolOptions& options, const Server& server) {
    Load load{options, 60, server};
    load.run(span);
    return load.served;
}

TEST_CASE("a pool of a server that slows down ends near the server's knee",
          "[unit][core][adaptive]") {
    const double each_costs = GENERATE(0.0, 0.02);
    Load load{adaptive(40, AdaptiveMode::kOn), 60, slowing(8, each_costs)};
    load.run(30s);
    CHECK(load.driver.machine.options().max_size >= 7);
    CHECK(load.driver.machine.options().max_size <= 10);
    CHECK(load.driver.machine.stats().proposed_size == load.driver.machine.options().max_size);
    CHECK(load.driver.machine.total() <= 10);
}

TEST_CASE("an adaptive pool serves no less than one of max_size, and more where many do harm",
          "[unit][core][adaptive]") {
    const auto on = adaptive(40, AdaptiveMode::kOn);
    const auto off = adaptive(40, AdaptiveMode::kOff);
    const auto harmless = slowing(8, 0.0);
    const auto most = served_in(60s, off, harmless);
    CHECK(served_in(60s, on, harmless) >= most - most / 50);
    const auto harmful = slowing(8, 0.02);
    CHECK(served_in(60s, on, harmful) >= served_in(60s, off, harmful) * 3 / 2);
    const auto ample = slowing(100, 0.0);  // max_size is too small for it
    const auto all = served_in(60s, off, ample);
    CHECK(served_in(60s, on, ample) >= all - all / 25);
}

TEST_CASE("a pool that is told to report proposes and changes nothing", "[unit][core][adaptive]") {
    Load load{adaptive(40, AdaptiveMode::kReport), 60, slowing(8, 0.02)};
    load.run(10s);
    CHECK(load.smallest == 40);
    for (const auto& proposal : load.driver.proposals) {
        CHECK_FALSE(proposal.is_applied);
    }
}

TEST_CASE("each size that is applied is told once, and is the one that counts",
          "[unit][core][adaptive]") {
    Load load{adaptive(40, AdaptiveMode::kOn), 60, slowing(8, 0.0)};
    load.run(10s);
    REQUIRE(load.driver.proposals.size() > 3);
    auto size = 40U;
    for (const auto& proposal : load.driver.proposals) {
        CHECK(proposal.is_applied);
        CHECK(proposal.from == size);
        size = proposal.to;
    }
    CHECK(load.driver.machine.options().max_size == size);
    CHECK(load.smallest >= 2);
}

TEST_CASE("a pool that is not adaptive sets no timer and proposes nothing",
          "[unit][core][adaptive]") {
    Load load{adaptive(40, AdaptiveMode::kOff), 60, slowing(8, 0.0)};
    CHECK(load.driver.machine.next_due() == core::kNever);
    load.run(10s);
    CHECK(load.driver.machine.next_due() == core::kNever);
    CHECK(load.driver.proposals.empty());
    CHECK(load.driver.machine.stats().proposed_size == 0);
}

TEST_CASE("an adaptive pool that nobody uses sets no timer", "[unit][core][adaptive]") {
    MachineDriver driver{adaptive(4, AdaptiveMode::kOn)};
    driver.fill(1);
    CHECK(driver.machine.next_due() != core::kNever);
    driver.pass(1s);
    driver.tick();
    CHECK(driver.machine.next_due() == core::kNever);
}

TEST_CASE("a resize by hand is the new upper bound, and begins there", "[unit][core][adaptive]") {
    Load load{adaptive(40, AdaptiveMode::kOn), 60, slowing(8, 0.0)};
    load.run(20s);
    REQUIRE(load.driver.machine.options().max_size <= 10);
    load.driver.cap = 40;
    load.driver.resize(30);
    load.look();
    CHECK(load.driver.machine.options().max_size == 30);
    CHECK(load.driver.machine.stats().proposed_size == 30);
    load.run(20s);
    CHECK(load.driver.machine.options().max_size <= 10);
}

TEST_CASE("in a child of fork an adaptive pool begins at the top again", "[unit][core][adaptive]") {
    Load load{adaptive(40, AdaptiveMode::kOn), 60, slowing(8, 0.0)};
    load.run(20s);
    const auto given_up = load.driver.machine.begin_anew();
    CHECK(load.driver.machine.options().max_size == 40);
    CHECK(load.driver.machine.stats().proposed_size == 40);
}

}  // namespace
}  // namespace cistern::test
