// Who waits for whom, decided from facts alone.

#include "core/wait_graph.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <string>

namespace cistern::test {
namespace {

using core::find_circle;
using core::LeaseOrWait;
using core::PoolWaits;

// Tasks are letters.
const void* task(char name) {
    static const std::array<char, 128> names{};
    return &names[static_cast<std::size_t>(name)];
}

// A pool whose connections are lent to `holders` and waited for by `waiting`.
PoolWaits pool(std::uint32_t max_size, const std::string& holders, const std::string& waiting) {
    PoolWaits made;
    made.max_size = max_size;
    for (const char name : holders) {
        made.leases.push_back({.task = task(name), .number = made.leases.size()});
    }
    for (const char name : waiting) {
        made.waits.push_back({.task = task(name), .number = made.waits.size()});
    }
    return made;
}

// The pools as they are, each with places of its own.
std::vector<PoolWaits> apart(std::vector<PoolWaits> pools) {
    for (auto& one : pools) {
        one.places = &one;
    }
    return pools;
}
std::vector<PoolWaits> sharing(std::vector<PoolWaits> pools) {
    for (auto& one : pools) {
        one.places = &pools;
    }
    return pools;
}

// Who is in the circle of `name`, in order, with a letter for each lease.
std::string circle(const std::vector<PoolWaits>& pools, char name) {
    std::string holders;
    for (const auto& link : find_circle(pools, task(name))) {
        if (link.is_in_circle) {
            const auto* const holder = pools[link.pool].leases[link.lease].task;
            CHECK(pools[link.waits_in].waits[link.wait].task == holder);
            holders += static_cast<char>(static_cast<const char*>(holder) -
                                         static_cast<const char*>(task('\0')));
        }
    }
    return holders;
}

TEST_CASE("a task that holds all and wants one more waits for itself", "[unit][core]") {
    const auto pools = apart({pool(2, "aa", "a")});
    CHECK(circle(pools, 'a') == "aa");
    CHECK(circle(pools, 'b').empty());
}

TEST_CASE("two tasks that hold what the other wants wait in a circle, whoever asks",
          "[unit][core]") {
    const auto pools = apart({pool(1, "a", "b"), pool(1, "b", "a")});
    CHECK(circle(pools, 'a') == "ab");
    CHECK(circle(pools, 'b') == "ba");
}

TEST_CASE("circles go through any number of pools", "[unit][core]") {
    const auto pools = apart({pool(1, "a", "d"),
                              pool(1, "b", "a"),
                              pool(1, "c", "b"),
                              pool(2, "dd", "c"),
                              pool(4, "xxxx", "")});
    CHECK(circle(pools, 'b') == "bcdda");
}

TEST_CASE("somebody who can still return what he has breaks a circle", "[unit][core]") {
    CHECK(circle(apart({pool(2, "ax", "b"), pool(1, "b", "a")}), 'a').empty());
    CHECK(circle(apart({pool(2, "ax", "b"), pool(1, "b", "a"), pool(2, "yz", "x")}), 'a').empty());
}

TEST_CASE("a place that is not lent breaks a circle", "[unit][core]") {
    CHECK(circle(apart({pool(2, "a", "b"), pool(1, "b", "a")}), 'a').empty());
}

TEST_CASE("who waits for a circle is not part of it, and keeps nobody in it", "[unit][core]") {
    const auto pools = apart({pool(1, "a", "bv"), pool(1, "b", "a"), pool(1, "v", "")});
    CHECK(circle(pools, 'v').empty());
    CHECK(circle(pools, 'a') == "ab");
}

TEST_CASE("a circle may hang on another one, which is not shown", "[unit][core]") {
    // a and b wait for each other, and for c as well, who waits for itself.
    const auto pools = apart({pool(2, "ac", "b"), pool(1, "b", "a"), pool(1, "c", "c")});
    CHECK(circle(pools, 'c') == "c");
    CHECK(circle(pools, 'a') == "ab");
    CHECK(find_circle(pools, task('a')).size() == 4);
}

TEST_CASE("a lease of whom nobody is sure belongs to nobody who waits", "[unit][core]") {
    auto pools = apart({pool(1, "a", "b"), pool(1, "b", "a")});
    pools[0].leases[0].task = nullptr;
    CHECK(circle(pools, 'a').empty());
}

TEST_CASE("a pool that was made smaller needs more than one lease back", "[unit][core]") {
    CHECK(circle(apart({pool(1, "abx", "ab")}), 'a') == "ab");
    CHECK(circle(apart({pool(2, "abx", "ab")}), 'a') == "ab");
    CHECK(circle(apart({pool(3, "abx", "ab")}), 'a').empty());
}

TEST_CASE("what a reserve keeps from a caller breaks no circle", "[unit][core]") {
    auto pools = apart({pool(3, "a", "b"), pool(1, "b", "a")});
    pools[0].reserve.high = 2;
    CHECK(circle(pools, 'a') == "ab");
    pools[0].waits[0].priority = Priority::kHigh;
    CHECK(circle(pools, 'a').empty());
    pools[0].waits[0].priority = Priority::kNormal;
    pools[0].leases[0].priority = Priority::kHigh;  // it counts against nobody's share
    CHECK(circle(pools, 'a').empty());
}

TEST_CASE("what is reserved from the least urgent alone is theirs to wait for", "[unit][core]") {
    auto pools = apart({pool(3, "axx", "b"), pool(1, "b", "a")});
    pools[0].reserve = {.high = 1, .normal = 1};
    pools[0].leases[0].priority = Priority::kLow;
    pools[0].waits[0].priority = Priority::kLow;
    pools[0].leases[1].priority = Priority::kHigh;
    pools[0].leases[2].priority = Priority::kHigh;
    CHECK(circle(pools, 'a') == "ab");
    pools[0].waits[0].priority = Priority::kNormal;
    CHECK(circle(pools, 'a').empty());
}

TEST_CASE("pools that share places wait for each other's leases", "[unit][core]") {
    CHECK(circle(sharing({pool(2, "a", ""), pool(2, "b", ""), pool(2, "", "ab")}), 'a') == "ab");
    CHECK(circle(sharing({pool(3, "a", ""), pool(3, "b", ""), pool(3, "", "ab")}), 'a').empty());
    CHECK(circle(sharing({pool(2, "a", ""), pool(2, "x", ""), pool(2, "", "ab")}), 'a').empty());
}

// -- Against a play ------------------------------------------------------------------------------

// Lets whoever can be served have his connection and then give back all he has, until nobody can:
// who still waits then is stuck.
std::set<const void*> stuck_by_playing(std::vector<PoolWaits> pools) {
    const auto return_all = [&](const void* who) {
        for (auto& one : pools) {
            std::erase_if(one.leases, [&](const auto& lease) { return lease.task == who; });
        }
    };
    const auto is_waiting = [&](const void* who) {
        return std::any_of(pools.begin(), pools.end(), [&](const auto& one) {
            return std::any_of(one.waits.begin(), one.waits.end(), [&](const auto& wait) {
                return wait.task == who;
            });
        });
    };
    for (char name = 'a'; name <= 'h'; ++name) {
        if (!is_waiting(task(name))) {
            return_all(task(name));
        }
    }
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (auto& one : pools) {
            for (std::size_t wait = 0; wait < one.waits.size() && !goes_on; ++wait) {
                if (one.leases.size() < one.max_size) {
                    const auto* const served = one.waits[wait].task;
                    one.waits.erase(one.waits.begin() + static_cast<std::ptrdiff_t>(wait));
                    return_all(served);
                    goes_on = true;
                }
            }
        }
    }
    std::set<const void*> stuck;
    for (const auto& one : pools) {
        for (const auto& wait : one.waits) {
            stuck.insert(wait.task);
        }
    }
    return stuck;
}

TEST_CASE("a circle is found exactly when those in it are stuck, whatever the graph",
          "[unit][core]") {
    std::mt19937 random{7};
    const auto pick = [&](std::uint32_t below) { return random() % below; };
    std::size_t circles = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<PoolWaits> pools(1 + pick(3));
        for (auto& one : pools) {
            one.max_size = 1 + pick(3);
            one.places = &one;
            for (std::uint32_t lease = 0; lease < one.max_size; ++lease) {
                if (pick(8) > 0) {
                    one.leases.push_back(
                        {.task = task(static_cast<char>('a' + pick(6))), .number = lease});
                }
            }
        }
        for (char name = 'a'; name <= 'h'; ++name) {
            if (pick(4) > 0) {
                pools[pick(static_cast<std::uint32_t>(pools.size()))].waits.push_back(
                    {.task = task(name)});
            }
        }
        const auto stuck = stuck_by_playing(pools);
        bool has_circle = false;
        for (char name = 'a'; name <= 'h'; ++name) {
            const auto found = find_circle(pools, task(name));
            has_circle = has_circle || !found.empty();
            for (const auto& link : found) {
                INFO("round " << round << ", asked about " << name);
                CHECK(stuck.contains(pools[link.pool].leases[link.lease].task));
            }
        }
        CHECK(has_circle == !stuck.empty());
        circles += has_circle ? 1 : 0;
    }
    CHECK(circles > 300);
    CHECK(circles < 2700);
}

}  // namespace
}  // namespace cistern::test
