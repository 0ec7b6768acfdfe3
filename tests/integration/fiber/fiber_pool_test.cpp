// Pools whose users, and whose own tasks, are fibers: with the same plugin as everybody's.

#include "support/tcp_scene.hpp"

#include <cistern/fiber.hpp>

#include <boost/fiber/algo/shared_work.hpp>
#include <boost/fiber/all.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using boost::fibers::fiber;
using boost::fibers::fixedsize_stack;

#if defined(__SANITIZE_ADDRESS__)
constexpr int kFibers = 1'000;
constexpr std::size_t kStackSize = 256 * 1024;
#else
constexpr int kFibers = 10'000;
constexpr std::size_t kStackSize = 64 * 1024;
#endif

void start(std::vector<fiber>& fibers, std::function<void()> work) {
    fibers.emplace_back(boost::fibers::launch::post,
                        std::allocator_arg,
                        fixedsize_stack{kStackSize},
                        std::move(work));
}

void join_all(std::vector<fiber>& fibers) {
    for (auto& each : fibers) {
        each.join();
    }
}

std::string echoed(Pool<tcp::Session>& pool, int number) {
    auto session = pool.acquire(60s);
    return ask(*session, std::to_string(number));
}

TEST_CASE("ten thousand fibers of one thread share a few connections", "[integration]") {
    const auto backend = GENERATE("thread", "fiber");
    TcpScene scene{{{"backend", backend}, {"max_size", "8"}}};
    int right = 0;
    std::vector<fiber> fibers;
    for (int i = 0; i < kFibers; ++i) {
        start(fibers, [&, i] { right += echoed(scene.pool, i) == std::to_string(i) ? 1 : 0; });
    }
    join_all(fibers);
    CHECK(right == kFibers);
    CHECK(scene.pool.stats().opened <= 8);
    CHECK(scene.pool.stats().lent == 0);
}

TEST_CASE("fibers of two threads share a few connections", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "4"}}};
    std::atomic<int> right{0};
    const auto run = [&] {
        std::vector<fiber> fibers;
        for (int i = 0; i < kFibers / 10; ++i) {
            start(fibers, [&, i] { right += echoed(scene.pool, i) == std::to_string(i) ? 1 : 0; });
        }
        join_all(fibers);
    };
    std::thread other{run};
    run();
    other.join();
    CHECK(right == kFibers / 10 * 2);
}

TEST_CASE("a fiber may go on in another thread with its lease", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "3"}}};
    constexpr int kMoving = 300;
    std::atomic<int> right{0};
    std::atomic<int> moved{0};
    std::atomic<int> ended{0};
    const auto work_together = [&] {
        boost::fibers::use_scheduling_algorithm<boost::fibers::algo::shared_work>(true);
    };
    const auto wait_for_all = [&] {
        while (ended < kMoving) {
            boost::this_fiber::sleep_for(1ms);
        }
    };
    std::thread first{[&] {
        work_together();
        for (int i = 0; i < kMoving; ++i) {
            fiber{[&, i] {
                const auto thread = std::this_thread::get_id();
                for (int round = 0; round < 5; ++round) {
                    right += echoed(scene.pool, i) == std::to_string(i) ? 1 : 0;
                }
                moved += std::this_thread::get_id() != thread ? 1 : 0;
                ++ended;
            }}.detach();
        }
        wait_for_all();
    }};
    std::thread second{[&] {
        work_together();
        wait_for_all();
    }};
    first.join();
    second.join();
    CHECK(right == kMoving * 5);
    CHECK(moved > 0);
    CHECK(scene.pool.stats().lent == 0);
}

TEST_CASE("a fiber that fails gives its connection up, and others wait inside a catch",
          "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "2"}}};
    constexpr int kEach = 50;
    int right = 0;
    std::vector<fiber> fibers;
    for (int i = 0; i < kEach; ++i) {
        start(fibers, [&, i] {
            const auto mine = std::to_string(i);
            try {
                auto session = scene.pool.acquire(60s);
                static_cast<void>(ask(*session, mine));
                throw std::runtime_error{mine};
            } catch (const std::runtime_error&) {
                static_cast<void>(echoed(scene.pool, i));
                try {
                    throw;
                } catch (const std::runtime_error& error) {
                    right += error.what() == mine ? 1 : 0;
                }
            }
        });
    }
    join_all(fibers);
    CHECK(right == kEach);
    CHECK(scene.pool.stats().closed >= kEach);
}

TEST_CASE("fibers go on while one of them drains the pool", "[integration]") {
    TcpScene scene{{{"backend", "fiber"}, {"max_size", "1"}}};
    bool is_drained = false;
    bool was_refused = false;
    auto session = scene.pool.acquire(20s);
    fiber drainer{[&] { is_drained = scene.pool.drain(20s); }};
    fiber holder{[&] {
        static_cast<void>(ask(*session, "last"));
        session.release();
    }};
    drainer.join();
    holder.join();
    CHECK(is_drained);
    fiber late{[&] {
        try {
            static_cast<void>(scene.pool.acquire(20s));
        } catch (const PoolClosed&) {
            was_refused = true;
        }
    }};
    late.join();
    CHECK(was_refused);
}

TEST_CASE("a runtime with each backend ends whatever its pools were doing", "[integration]") {
    const auto backend = GENERATE("thread", "fiber");
    for (int i = 0; i < 20; ++i) {
        TcpScene scene{{{"backend", backend}, {"max_size", "4"}, {"min_idle", "3"}}};
        if (i % 2 == 0) {
            scene.runtime.warm_up(20s);
        }
    }
    SUCCEED("all of them ended");
}

}  // namespace
}  // namespace cistern::test
