#include "backend/thread/thread_backend.hpp"

#include "backend/thread/steady_clock.hpp"
#include "backend/thread/worker_pool.hpp"

#include <catch2/catch.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using cistern::Backend;
using cistern::Deadline;
using cistern::make_thread_backend;
using namespace std::chrono_literals;

namespace {

// Longer than anything that works takes.
constexpr auto kLong = 20s;
// Long enough for what must not happen to happen.
constexpr auto kMoment = 50ms;

// A gate that tasks wait at until the test opens it.
class Gate {
public:
    void open() {
        const std::lock_guard lock{mutex_};
        is_open_ = true;
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock{mutex_};
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
    }
    bool wait_for_waiting(int count) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, kLong, [&] { return waiting_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    int waiting_ = 0;
};

Deadline in(Backend& backend, std::chrono::nanoseconds timeout) {
    return backend.clock().deadline_after(timeout);
}

}  // namespace

// -- Parker -------------------------------------------------------------------------------------

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

// -- Tasks --------------------------------------------------------------------------------------

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
    CHECK(threads.size() < 5);
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

TEST_CASE("what is spawned after the stop is dropped", "[integration][backend]") {
    const auto backend = make_thread_backend();
    REQUIRE(backend->stop(in(*backend, kLong)));
    std::atomic<int> runs{0};
    const auto held = std::make_shared<int>(0);

    backend->spawn([&runs, held] { ++runs; });
    backend->call_at(in(*backend, 0s), [&runs, held] { ++runs; });

    CHECK(held.use_count() == 1);
    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(runs == 0);
}

TEST_CASE("a backend may end in one of its own tasks", "[integration][backend]") {
    auto backend = make_thread_backend();
    Gate gate;
    std::atomic<bool> has_ended{false};
    const std::weak_ptr<Backend> watched = backend;
    // NOLINTNEXTLINE(bugprone-use-after-move)
    backend->spawn([held = backend, &gate, &has_ended]() mutable {
        gate.pass();
        held.reset();
        has_ended = true;
    });
    REQUIRE(gate.wait_for_waiting(1));
    backend.reset();
    gate.open();

    while (!has_ended) {
        std::this_thread::yield();
    }
    CHECK(watched.expired());
}

TEST_CASE("tasks are deaf to the application's signals and named for operators",
          "[integration][backend]") {
    const auto backend = make_thread_backend();
    sigset_t task_mask{};
    sigset_t timer_mask{};
    std::array<char, 16> task_name{};
    std::array<char, 16> timer_name{};
    Gate has_run;
    backend->spawn([&] {
        ::pthread_sigmask(SIG_SETMASK, nullptr, &task_mask);
        ::pthread_getname_np(::pthread_self(), task_name.data(), task_name.size());
    });
    backend->call_at(in(*backend, 0s), [&] {
        ::pthread_sigmask(SIG_SETMASK, nullptr, &timer_mask);
        ::pthread_getname_np(::pthread_self(), timer_name.data(), timer_name.size());
        has_run.open();
    });
    has_run.pass();
    REQUIRE(backend->stop(in(*backend, kLong)));

    for (const int blocked : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGALRM}) {
        CHECK(::sigismember(&task_mask, blocked) == 1);
        CHECK(::sigismember(&timer_mask, blocked) == 1);
    }
    for (const int delivered : {SIGSEGV, SIGPROF}) {
        CHECK(::sigismember(&task_mask, delivered) == 0);
    }
    CHECK(std::string{task_name.data()} == "cistern-task");
    CHECK(std::string{timer_name.data()} == "cistern-timer");
    sigset_t own_mask{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &own_mask);
    CHECK(::sigismember(&own_mask, SIGINT) == 0);
}

TEST_CASE("a task that throws ends the program and says so", "[integration][backend]") {
    std::array<int, 2> output{};
    REQUIRE(::pipe(output.data()) == 0);
    const auto child = ::fork();
    if (child == 0) {
        ::signal(SIGABRT, SIG_DFL);
        ::dup2(output[1], STDERR_FILENO);
        const auto backend = make_thread_backend();
        backend->spawn([] { throw std::runtime_error{"what was thrown"}; });
        backend->stop(in(*backend, kLong));
        ::_exit(0);
    }
    ::close(output[1]);
    std::string said;
    std::array<char, 256> part{};
    for (ssize_t got = 1; got > 0; said.append(part.data(), static_cast<std::size_t>(got))) {
        got = std::max<ssize_t>(::read(output[0], part.data(), part.size()), 0);
    }
    ::close(output[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);

    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
    CHECK_THAT(said, Catch::Contains("terminate") && Catch::Contains("what was thrown"));
}

// -- Timers -------------------------------------------------------------------------------------

TEST_CASE("timers run in the order of their times, equal ones as they came",
          "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto soon = in(*backend, kMoment);
    const auto later = in(*backend, 2 * kMoment);
    std::vector<int> order;  // only the timer's thread touches it until the last has run
    Gate all_ran;
    backend->call_at(later, [&] { order.push_back(4); });
    backend->call_at(soon, [&] { order.push_back(1); });
    backend->call_at(soon, [&] { order.push_back(2); });
    backend->call_at(soon, [&] { order.push_back(3); });
    std::chrono::nanoseconds ran_at{};
    backend->call_at(later, [&] {
        order.push_back(5);
        ran_at = backend->clock().now();
        all_ran.open();
    });
    all_ran.pass();

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(order == std::vector<int>{1, 2, 3, 4, 5});
    CHECK(ran_at >= later.since_clock_epoch());
}

TEST_CASE("an earlier timer does not wait for a later one set before it",
          "[integration][backend]") {
    const auto backend = make_thread_backend();
    Gate has_run;
    backend->call_at(in(*backend, 1h), [] {});
    backend->call_at(in(*backend, 0s), [&] { has_run.open(); });

    has_run.pass();
    SUCCEED("the earlier one ran");
}

TEST_CASE("stopping drops timers that are not due", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto held = std::make_shared<int>(0);
    std::atomic<bool> has_run{false};
    backend->call_at(in(*backend, 1h), [&has_run, held] { has_run = true; });
    backend->call_at(Deadline::never(), [&has_run, held] { has_run = true; });

    CHECK(backend->stop(in(*backend, kLong)));
    CHECK(held.use_count() == 1);
    CHECK_FALSE(has_run);
}

// -- Chance -------------------------------------------------------------------------------------

TEST_CASE("random numbers fill the range from zero to one", "[integration][backend]") {
    const auto backend = make_thread_backend();
    std::array<int, 10> tenths{};
    constexpr int kDraws = 10000;
    for (int i = 0; i < kDraws; ++i) {
        const auto drawn = backend->random();
        REQUIRE(drawn >= 0);
        REQUIRE(drawn < 1);
        ++tenths[static_cast<std::size_t>(drawn * 10)];
    }

    // An even share is a thousand; a fair generator leaves this band once in 10^20 runs or so.
    CHECK(*std::min_element(tenths.begin(), tenths.end()) > 700);
    CHECK(*std::max_element(tenths.begin(), tenths.end()) < 1300);
    CHECK(make_thread_backend()->random() != make_thread_backend()->random());
}
