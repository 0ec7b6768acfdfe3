#include "backend/thread/thread_backend.hpp"

#include "backend_support.hpp"

#include <catch2/catch.hpp>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using cistern::Backend;
using cistern::make_thread_backend;
using cistern::test::Gate;
using cistern::test::in;
using cistern::test::kLong;
using namespace std::chrono_literals;

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

TEST_CASE("connectors draw from the backend's chance", "[integration][backend]") {
    const auto backend = make_thread_backend();
    const auto first = backend->io().random();
    CHECK(first >= 0);
    CHECK(first < 1);
    CHECK(first != backend->io().random());
}
