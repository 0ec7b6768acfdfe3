#include "backend/thread/thread_backend.hpp"
#include "backend_support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>

using cistern::Deadline;
using cistern::make_thread_backend;
using cistern::test::in;
using cistern::test::kLong;
using cistern::test::kMoment;
using namespace std::chrono_literals;

TEST_CASE("a permit given before the wait ends it at once", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto parker = backend->this_task();
    parker->unpark();

    CHECK(parker->park_until(Deadline::never()));
}

TEST_CASE("of several permits one is kept", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto parker = backend->this_task();
    parker->unpark();
    parker->unpark();

    CHECK(parker->park_until(in(*backend, kLong)));
    CHECK_FALSE(parker->park_until(in(*backend, 0s)));
}

TEST_CASE("a permit counts even when the deadline has passed", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto parker = backend->this_task();
    parker->unpark();

    CHECK(parker->park_until(in(*backend, 0s)));
}

TEST_CASE("a wait without permit ends at its deadline and not before", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto deadline = in(*backend, kMoment);

    CHECK_FALSE(backend->this_task()->park_until(deadline));
    CHECK(backend->clock().has_passed(deadline));
}

TEST_CASE("a deadline before the clock began has passed", "[integration][backend]") {
    const auto backend = make_thread_backend();

    CHECK_FALSE(backend->this_task()->park_until(cistern::Clock::deadline_at(-1s)));
}

TEST_CASE("a permit wakes the task that waits for it", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto parker = backend->this_task();
    const auto deadline = GENERATE_COPY(Deadline::never(), in(*backend, kLong));
    std::thread other{[parker] {
        std::this_thread::sleep_for(kMoment);
        parker->unpark();
    }};

    CHECK(parker->park_until(deadline));
    other.join();
}

TEST_CASE("no permit is lost between two threads that wake each other", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto mine = backend->this_task();
    std::shared_ptr<cistern::Parker> theirs;
    std::atomic<bool> is_ready{false};
    std::atomic<int> turn{0};
    constexpr int kTurns = 2000;
    std::thread other{[&] {
        theirs = backend->this_task();
        is_ready = true;
        mine->unpark();
        for (int i = 0; i < kTurns; ++i) {
            while (turn != 2 * i + 1 && theirs->park_until(Deadline::never())) {
            }
            ++turn;
            mine->unpark();
        }
    }};
    const auto deadline = in(*backend, kLong);
    while (!is_ready && mine->park_until(deadline)) {
    }
    for (int i = 0; i < kTurns; ++i) {
        ++turn;
        theirs->unpark();
        while (turn != 2 * i + 2 && mine->park_until(Deadline::never())) {
        }
    }
    other.join();
    CHECK(turn == 2 * kTurns);
}

TEST_CASE("each thread has one parker of its own", "[integration][backend]") {
    const auto backend = make_thread_backend();
    std::shared_ptr<cistern::Parker> other;
    std::thread{[&] { other = backend->this_task(); }}.join();

    CHECK(backend->this_task() == backend->this_task());
    CHECK(other != backend->this_task());
    other->unpark();  // its thread is gone; waking it is harmless
}
