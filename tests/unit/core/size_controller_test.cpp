// How a pool's best size is found, event by event.

#include "core/size_controller.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using core::Instant;
using core::SizeController;

AdaptiveOptions adaptive(AdaptiveMode mode = AdaptiveMode::kOn) {
    return {.mode = mode, .min_size = 2, .interval = 1s, .samples = 10};
}

// A server in whose time nothing but the number of leases matters.
struct SizeScene {
    explicit SizeScene(std::uint32_t max_size, AdaptiveOptions options = adaptive())
        : controller{options, max_size} {}

    // So many leases end one after the other, with `in_use` out.
    void use(std::uint32_t in_use, Instant each, int leases = 20) {
        for (int i = 0; i < leases; ++i) {
            now += each;
            controller.used(in_use, now - each, now);
        }
    }
    std::optional<std::uint32_t> end_interval() {
        now = std::max(now, controller.due() == core::kNever ? now : controller.due());
        return controller.decide(now);
    }
    // One interval in full use, with somebody who waits.
    std::optional<std::uint32_t> interval(const std::function<Instant(std::uint32_t)>& time) {
        controller.waited(now);
        use(controller.size(), time(controller.size()));
        return end_interval();
    }

    SizeController controller;
    Instant now = 1h;
};

// As fast as alone for up to `knee` at once, and then all share.
std::function<Instant(std::uint32_t)> knee_at(std::uint32_t knee) {
    return [=](std::uint32_t in_use) { return Instant{10ms} * std::max(in_use, knee) / knee; };
}

TEST_CASE("a size is not judged before an interval is over and enough leases have ended",
          "[unit][core][adaptive]") {
    SizeScene scene{8};
    CHECK(scene.controller.due() == core::kNever);
    scene.use(8, 10ms, 9);
    CHECK(scene.controller.due() == 1h + 10ms + 1s);
    CHECK_FALSE(scene.end_interval());
    CHECK(scene.controller.due() == core::kNever);
    scene.use(8, 10ms, 1);
    CHECK(scene.end_interval() == 7);  // the tenth
}

TEST_CASE("while a pool is not in full use its size stays", "[unit][core][adaptive]") {
    SizeScene scene{10};
    for (int i = 0; i < 20; ++i) {
        scene.use(5, 10ms);
        CHECK_FALSE(scene.end_interval());
    }
    CHECK(scene.controller.size() == 10);
}

TEST_CASE("a pool comes down to the knee of its server, and stays about there",
          "[unit][core][adaptive]") {
    SizeScene scene{64};
    for (int i = 0; i < 30; ++i) {
        scene.interval(knee_at(8));
    }
    for (int i = 0; i < 300; ++i) {
        scene.interval(knee_at(8));
        CHECK(scene.controller.size() >= 7);
        CHECK(scene.controller.size() <= 10);
    }
}

TEST_CASE("a pool whose server is not at its knee keeps max_size, save for a try now and then",
          "[unit][core][adaptive]") {
    SizeScene scene{10};
    int smaller = 0;
    for (int i = 0; i < 500; ++i) {
        scene.interval([](std::uint32_t) { return 10ms; });
        smaller += scene.controller.size() < 10 ? 1 : 0;
    }
    CHECK(smaller <= 12);  // of one interval each: after 8, 16, 32, and then each 64
}

TEST_CASE("it changes by one step per interval, and after it has gone back it rests",
          "[unit][core][adaptive]") {
    SizeScene scene{40};
    unsigned state = 12345;
    const auto noise = [&](std::uint32_t) {
        state = state * 1103515245 + 12345;
        return Instant{5ms + 1us * (state >> 16 & 0x3fff)};
    };
    auto size = scene.controller.size();
    int direction = 0;
    int since_step = 1000;
    int rests = 0;
    for (int i = 0; i < 2000; ++i) {
        ++since_step;
        --rests;
        if (const auto next = scene.interval(noise)) {
            CHECK(*next >= 2);
            CHECK(*next <= 40);
            CHECK(*next - std::min(*next, size) <= std::max(1U, size / 4));
            CHECK(size - std::min(*next, size) <= std::max(1U, *next / 4));
            CHECK(rests <= 0);
            const int way = *next > size ? 1 : -1;
            rests = way == -direction && since_step < 8 ? 8 : 0;
            since_step = 0;
            direction = way;
            size = *next;
        }
    }
}

TEST_CASE("when the server gets better the pool grows again, while callers wait",
          "[unit][core][adaptive]") {
    SizeScene scene{64};
    for (int i = 0; i < 60; ++i) {
        scene.interval(knee_at(8));
    }
    REQUIRE(scene.controller.size() <= 10);
    for (int i = 0; i < 200; ++i) {
        scene.interval(knee_at(32));
    }
    CHECK(scene.controller.size() >= 26);
    CHECK(scene.controller.size() <= 41);
}

TEST_CASE("without anybody who waits a pool does not try to grow", "[unit][core][adaptive]") {
    SizeScene scene{64};
    for (int i = 0; i < 60; ++i) {
        scene.interval(knee_at(8));
    }
    const auto size = scene.controller.size();
    for (int i = 0; i < 200; ++i) {
        scene.use(scene.controller.size(), 10ms);
        scene.end_interval();
        CHECK(scene.controller.size() <= size);
    }
}

TEST_CASE("small losses on the way down do not add up", "[unit][core][adaptive]") {
    SizeScene scene{64};
    // Each quarter less costs two per cent and a half.
    const auto soft = [](std::uint32_t in_use) {
        double rate = 1000.0;
        for (double size = 64; size > in_use; size /= 1.25) {
            rate *= 0.975;
        }
        return Instant{static_cast<Instant::rep>(1e9 * in_use / rate)};
    };
    for (int i = 0; i < 200; ++i) {
        scene.interval(soft);
    }
    CHECK(scene.controller.size() >= 41);
}

TEST_CASE("while callers wait and nothing can be judged, the pool grows back to max_size",
          "[unit][core][adaptive]") {
    SizeScene scene{16};
    for (int i = 0; i < 40; ++i) {
        scene.interval(knee_at(4));
    }
    REQUIRE(scene.controller.size() <= 6);
    for (int i = 0; i < 100; ++i) {
        scene.controller.waited(scene.now);
        scene.end_interval();
    }
    CHECK(scene.controller.size() == 16);
}

TEST_CASE("what began before a change of size does not count for it", "[unit][core][adaptive]") {
    SizeScene scene{8};
    scene.use(8, 10ms);
    CHECK(scene.end_interval() == 7);
    for (int i = 0; i < 50; ++i) {
        scene.controller.used(7, scene.now - 1s, scene.now);
    }
    CHECK_FALSE(scene.end_interval());  // else it would go back
    CHECK(scene.controller.size() == 7);
}

TEST_CASE("in report mode nothing is tried: only what is seen anyway is judged",
          "[unit][core][adaptive]") {
    SizeScene scene{10, adaptive(AdaptiveMode::kReport)};
    for (int i = 0; i < 20; ++i) {
        CHECK_FALSE(scene.interval(knee_at(4)));
    }
    // A load that comes and goes shows what fewer would do.
    scene.use(10, 25ms);
    scene.use(8, 20ms);
    scene.use(6, 15ms);
    CHECK(scene.end_interval() == 8);
}

TEST_CASE("new bounds begin anew at the top", "[unit][core][adaptive]") {
    SizeScene scene{64};
    for (int i = 0; i < 30; ++i) {
        scene.interval(knee_at(8));
    }
    scene.controller.set_bounds(20);
    CHECK(scene.controller.size() == 20);
    CHECK(scene.controller.max_size() == 20);
    CHECK(scene.controller.due() == core::kNever);
    scene.controller.set_bounds(1);  // below min_size: then there is one size
    CHECK(scene.controller.size() == 1);
}

}  // namespace
}  // namespace cistern::test
