// How fibers wait: for as long as they are told, and without keeping others of their thread.

#include "support/tcp_scene.hpp"

#include <cistern/fiber.hpp>

#include <boost/fiber/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using boost::fibers::fiber;
using std::chrono::steady_clock;

TEST_CASE("a fiber that waits for a connection or an answer keeps no other of its thread",
          "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "1"}},
                   [](const std::string&) -> std::optional<std::string> {
                       std::this_thread::sleep_for(200ms);
                       return "late\n";
                   }};
    int turns = 0;
    int answers = 0;
    const auto work = [&] {
        auto session = scene.pool.acquire(20s);
        answers += ask(*session, "question") == "late" ? 1 : 0;
    };
    fiber first{work};
    fiber second{work};
    fiber other{[&] {
        while (answers < 2) {
            ++turns;
            boost::this_fiber::sleep_for(1ms);
        }
    }};
    first.join();
    second.join();
    other.join();
    CHECK(answers == 2);
    CHECK(turns > 50);
}

TEST_CASE("a fiber waits until its deadline, and not much longer", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "1"}},
                   [](const std::string&) -> std::optional<std::string> { return ""; }};
    std::chrono::nanoseconds for_answer{};
    std::chrono::nanoseconds for_connection{};
    auto session = scene.pool.acquire(20s);
    fiber reader{[&] {
        session->write("question\n", 20s);
        const auto began = steady_clock::now();
        CHECK_THROWS_AS(session->read_line(100ms), DeadlineExceeded);
        for_answer = steady_clock::now() - began;
    }};
    fiber waiter{[&] {
        const auto began = steady_clock::now();
        CHECK_THROWS_AS(static_cast<void>(scene.pool.acquire(50ms)), AcquireTimeout);
        for_connection = steady_clock::now() - began;
    }};
    waiter.join();
    reader.join();
    CHECK(for_answer >= 100ms);
    CHECK(for_answer < 2s);
    CHECK(for_connection >= 50ms);
    CHECK(for_connection < 2s);
}

TEST_CASE("a fiber whose stop is requested leaves the queue at once", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "1"}}};
    std::stop_source stop;
    bool was_cancelled = false;
    auto session = scene.pool.acquire(20s);
    fiber waiter{[&] {
        try {
            static_cast<void>(scene.pool.acquire(20s, stop.get_token()));
        } catch (const Cancelled&) {
            was_cancelled = true;
        }
    }};
    fiber stopper{[&] {
        while (scene.pool.stats().waiting == 0) {
            boost::this_fiber::sleep_for(1ms);
        }
        stop.request_stop();
    }};
    stopper.join();
    waiter.join();
    CHECK(was_cancelled);
    CHECK(scene.pool.stats().waiting == 0);
}

class Deadlocks final : public PoolObserver {
public:
    void on_deadlock(std::string_view /*pool*/, std::string_view /*evidence*/) override { ++count; }
    std::atomic<int> count{0};
};

TEST_CASE("fibers of one thread are not taken for one task that waits for itself",
          "[integration]") {
    const auto observer = std::make_shared<Deadlocks>();
    const TcpScene scene{{}};
    auto spec = scene.spec({{"backend", "fiber"}, {"max_size", "1"}});
    spec.observer = observer;
    auto runtime = Runtime::from_spec(std::move(spec));
    auto& pool = runtime.pool<tcp::Session>("tcp");
    int served = 0;
    std::vector<fiber> fibers;
    for (int i = 0; i < 10; ++i) {
        fibers.emplace_back([&] {
            auto session = pool.acquire(20s);
            served += ask(*session, "question") == "question" ? 1 : 0;
        });
    }
    for (auto& each : fibers) {
        each.join();
    }
    CHECK(served == 10);
    CHECK(observer->count == 0);

    auto held = pool.acquire(20s);
    std::uint32_t own = 1;
    fiber other{[&] {
        try {
            static_cast<void>(pool.acquire(10ms));
        } catch (const AcquireTimeout& error) {
            own = error.evidence().own_leases;
        }
    }};
    other.join();
    CHECK(own == 0);
}

}  // namespace
}  // namespace cistern::test
