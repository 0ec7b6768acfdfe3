#include "backend/thread/worker_pool.hpp"

#include "backend/thread/steady_clock.hpp"
#include "backend/thread/thread_backend.hpp"
#include "backend_support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

using cistern::Deadline;
using cistern::make_thread_backend;
using cistern::test::Gate;
using cistern::test::in;
using cistern::test::kLong;
using cistern::test::kMoment;
using namespace std::chrono_literals;

TEST_CASE("stopping waits until every task has ended", "[integration][backend]") {
    const auto backend = make_thread_backend({.max_threads = 2});
    std::atomic<int> ended{0};
    for (int i = 0; i < 20; ++i) {
        backend->spawn([&ended] {
            std::this_thread::sleep_for(2ms);
            ++ended;
        });
    }

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(ended == 20);
}

TEST_CASE("a task spawned by a task before the stop is waited for too", "[integration][backend]") {
    const auto backend = make_thread_backend();
    Gate inner_spawned;
    std::atomic<bool> has_run{false};
    backend->spawn([&] {
        backend->spawn([&has_run] {
            std::this_thread::sleep_for(kMoment);
            has_run = true;
        });
        inner_spawned.pass();
    });
    REQUIRE(inner_spawned.wait_for_waiting(1));
    inner_spawned.open();

    CHECK(backend->stop(Deadline::never()));
    CHECK(has_run);
}

TEST_CASE("tasks that wait do not keep others from running", "[integration][backend]") {
    const auto backend = make_thread_backend();
    Gate gate;
    for (int i = 0; i < 10; ++i) {
        backend->spawn([&gate] { gate.pass(); });
    }

    CHECK(gate.wait_for_waiting(10));
    gate.open();
    CHECK(backend->stop(in(*backend, kLong)));
}

TEST_CASE("tasks beyond the most threads allowed wait their turn", "[integration][backend]") {
    const auto backend = make_thread_backend({.max_threads = 3});
    Gate gate;
    std::atomic<int> now{0};
    std::atomic<int> most{0};
    for (int i = 0; i < 12; ++i) {
        backend->spawn([&] {
            const int running = ++now;
            int seen = most;
            while (seen < running && !most.compare_exchange_weak(seen, running)) {
            }
            gate.pass();
            --now;
        });
    }
    REQUIRE(gate.wait_for_waiting(3));
    gate.open();

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(most == 3);
}

TEST_CASE("a thread without work takes the next task", "[integration][backend]") {
    const auto backend = make_thread_backend({.idle_time = kLong});
    std::mutex mutex;
    std::set<std::thread::id> threads;
    for (int i = 0; i < 10; ++i) {
        std::atomic<bool> has_run{false};
        backend->spawn([&] {
            const std::lock_guard lock{mutex};
            threads.insert(std::this_thread::get_id());
            has_run = true;
        });
        while (!has_run) {
            std::this_thread::yield();
        }
        std::this_thread::sleep_for(2ms);
    }

    CHECK(backend->stop(in(*backend, kLong)));
    // A loaded machine may come late to some of them, not to all.
    CHECK(threads.size() < 10);
}

TEST_CASE("a thread that stays without work ends", "[integration][backend]") {
    cistern::WorkerPool workers{4, 10ms};
    const cistern::SteadyClock clock;
    Gate gate;
    for (int i = 0; i < 4; ++i) {
        workers.spawn([&gate] { gate.pass(); });
    }
    REQUIRE(gate.wait_for_waiting(4));
    CHECK(workers.threads() == 4);
    gate.open();

    const auto deadline = clock.deadline_after(kLong);
    while (workers.threads() > 0 && !clock.has_passed(deadline)) {
        std::this_thread::sleep_for(1ms);
    }
    CHECK(workers.threads() == 0);
    std::atomic<bool> has_run{false};
    workers.spawn([&has_run] { has_run = true; });
    CHECK(workers.stop(clock.deadline_after(kLong)));
    CHECK(has_run);
}

TEST_CASE("stopping does not wait for a task that hangs", "[integration][backend]") {
    const auto gate = std::make_shared<Gate>();
    const auto backend = make_thread_backend({.max_threads = 1});
    backend->spawn([gate] { gate->pass(); });
    REQUIRE(gate->wait_for_waiting(1));
    std::atomic<bool> has_run{false};
    const auto held = std::make_shared<int>(0);
    backend->spawn([&has_run, held] { has_run = true; });
    const auto deadline = in(*backend, kMoment);

    CHECK_FALSE(backend->stop(deadline));
    CHECK(backend->clock().has_passed(deadline));
    CHECK_FALSE(has_run);
    CHECK(held.use_count() == 1);
    gate->open();
}
