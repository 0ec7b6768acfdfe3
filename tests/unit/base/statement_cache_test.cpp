#include "support/watched_allocations.hpp"

#include <cistern/statement_cache.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using cistern::StatementCache;
using cistern::WhenEvicted;

namespace {

// A server that prepares statements under numbers, and can forget them.
struct Server {
    int prepare() {
        known.insert(++last);
        return last;
    }
    // The number that was run; empty when the server does not know it.
    std::optional<int> run(int handle) {
        ++runs;
        return known.count(handle) != 0 ? std::optional{handle} : std::nullopt;
    }
    void close(int handle) { known.erase(handle); }

    std::set<int> known;
    int last = 0;
    int runs = 0;
};

// One connection's cache, and uses of it.
struct Scene {
    explicit Scene(std::size_t capacity, WhenEvicted when = WhenEvicted::kCollect)
        : cache{capacity, when} {}

    std::optional<int> use(std::string_view text) {
        return cache.use(
            text, [&] { return server.prepare(); }, [&](int handle) { return server.run(handle); });
    }

    Server server;
    StatementCache<int> cache;
};

}  // namespace

TEST_CASE("a statement is prepared once and found by its text from then on", "[unit][base]") {
    Scene scene{2};
    CHECK(scene.use("select 1") == 1);
    CHECK(scene.use("select 1") == 1);
    CHECK(scene.use("select 2") == 2);
    CHECK(scene.use(std::string{"select 1"}) == 1);
    CHECK(scene.cache.stats().misses == 2);
    CHECK(scene.cache.stats().hits == 2);
    CHECK(scene.cache.stats().evictions == 0);
    CHECK(scene.cache.size() == 2);
}

TEST_CASE("a statement that is found costs no allocation", "[unit][base]") {
    Scene scene{2};
    const std::string text(1000, 'x');
    scene.use(text);
    scene.use("other");
    const auto before = cistern::test::allocations_made.load();
    REQUIRE(before > 0);  // they are counted
    scene.use(text);
    scene.use("other");
    scene.use(text);
    CHECK(cistern::test::allocations_made == before);
    CHECK(scene.cache.stats().hits == 3);
}

TEST_CASE("the statement not used for longest gives way, and the plugin gets its handle",
          "[unit][base]") {
    Scene scene{2};
    scene.use("a");
    scene.use("b");
    scene.use("a");
    scene.use("c");
    CHECK(scene.cache.size() == 2);
    CHECK(scene.cache.stats().evictions == 1);
    REQUIRE(scene.cache.has_evicted());
    CHECK(scene.cache.take_evicted() == std::vector<int>{2});
    CHECK_FALSE(scene.cache.has_evicted());
    CHECK(scene.cache.take_evicted().empty());
    CHECK(scene.use("a") == 1);
    CHECK(scene.use("b") == 4);
}

TEST_CASE("handles of statements that gave way come oldest first, each once", "[unit][base]") {
    Scene scene{1};
    for (const auto* text : {"a", "b", "c", "a"}) {
        scene.use(text);
    }
    CHECK(scene.cache.take_evicted() == std::vector<int>{1, 2, 3});
}

TEST_CASE("where nothing is to be closed, what gives way is destroyed and not collected",
          "[unit][base]") {
    Scene scene{1, WhenEvicted::kDrop};
    scene.use("a");
    scene.use("b");
    CHECK(scene.cache.stats().evictions == 1);
    CHECK_FALSE(scene.cache.has_evicted());
}

TEST_CASE("with capacity 0 nothing is kept, and every handle comes back to be closed",
          "[unit][base]") {
    Scene scene{0};
    CHECK(scene.use("a") == 1);
    CHECK(scene.use("a") == 2);
    CHECK(scene.cache.size() == 0);
    CHECK(scene.cache.stats().hits == 0);
    CHECK(scene.cache.stats().misses == 2);
    CHECK(scene.cache.take_evicted() == std::vector<int>{1, 2});
}

TEST_CASE("what the server has forgotten is prepared again and run again, once", "[unit][base]") {
    Scene scene{2};
    scene.use("a");
    scene.server.known.clear();
    CHECK(scene.use("a") == 2);
    CHECK(scene.server.runs == 3);
    CHECK(scene.cache.stats().forgotten == 1);
    CHECK(scene.use("a") == 2);
    CHECK_FALSE(scene.cache.has_evicted());  // there is nothing to close
}

TEST_CASE("a server that forgets at once is asked twice and no more, and nothing is kept",
          "[unit][base]") {
    Scene scene{2};
    const auto result = scene.cache.use(
        "a", [&] { return scene.server.prepare(); }, [](int) { return false; });
    CHECK_FALSE(result);
    CHECK(scene.server.last == 2);
    CHECK(scene.cache.size() == 0);
    CHECK(scene.cache.stats().forgotten == 2);
}

TEST_CASE("when the server has forgotten everything, nothing is found and nothing is closed",
          "[unit][base]") {
    Scene scene{2};
    for (const auto* text : {"a", "b", "c"}) {
        scene.use(text);
    }
    scene.cache.forget_all();
    CHECK(scene.cache.size() == 0);
    CHECK_FALSE(scene.cache.has_evicted());
    CHECK(scene.cache.stats().forgotten == 2);
    CHECK(scene.use("c") == 4);
}

TEST_CASE("what could not be prepared is not kept, and nothing gives way to it", "[unit][base]") {
    Scene scene{1};
    scene.use("a");
    CHECK_THROWS_WITH(
        scene.cache.use(
            "bad", []() -> int { throw std::runtime_error{"syntax"}; }, [](int) { return true; }),
        "syntax");
    CHECK(scene.cache.size() == 1);
    CHECK(scene.cache.stats().evictions == 0);
    CHECK(scene.use("a") == 1);
}

TEST_CASE("a statement that cannot be prepared again is not kept", "[unit][base]") {
    Scene scene{1};
    scene.use("a");
    scene.server.known.clear();
    CHECK_THROWS(scene.cache.use(
        "a",
        []() -> int { throw std::runtime_error{"the table is gone"}; },
        [&](int handle) { return scene.server.run(handle); }));
    CHECK(scene.cache.size() == 0);
    CHECK(scene.use("a") == 2);
}

TEST_CASE("a statement whose run failed is prepared all the same", "[unit][base]") {
    const auto capacity = GENERATE(std::size_t{0}, std::size_t{1});
    Scene scene{capacity};
    CHECK_THROWS(scene.cache.use(
        "a",
        [&] { return scene.server.prepare(); },
        [](int) -> bool { throw std::runtime_error{"division by zero"}; }));
    CHECK(scene.cache.size() == capacity);
    CHECK(scene.cache.has_evicted() == (capacity == 0));
}

TEST_CASE("a handle may be what can only be moved", "[unit][base]") {
    StatementCache<std::unique_ptr<int>> cache{1};
    const auto use = [&](std::string_view text, int number) {
        return cache.use(
            text,
            [=] { return std::make_unique<int>(number); },
            [](const std::unique_ptr<int>& handle) { return std::optional{*handle}; });
    };
    CHECK(use("a", 1) == 1);
    CHECK(use("b", 2) == 2);
    const auto evicted = cache.take_evicted();
    REQUIRE(evicted.size() == 1);
    CHECK(*evicted.front() == 1);
}

TEST_CASE("a cache belongs to one connection and can be neither copied nor moved", "[unit][base]") {
    using Cache = StatementCache<int>;
    CHECK_FALSE(std::is_copy_constructible_v<Cache>);
    CHECK_FALSE(std::is_move_constructible_v<Cache>);
    CHECK_FALSE(std::is_copy_assignable_v<Cache>);
    CHECK_FALSE(std::is_move_assignable_v<Cache>);
}
