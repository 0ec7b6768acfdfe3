// A process forks while its other threads are busy with the pool.

#include "integration/pool/fork_scene.hpp"

#include <catch2/catch.hpp>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

// Threads that borrow and return until they are told to end.
class Storm {
public:
    Storm(Pool<LineSession>& pool, int threads) {
        for (int i = 0; i < threads; ++i) {
            threads_.emplace_back([this, &pool, i] { rage(pool, i); });
        }
        while (leases_ < threads) {
            std::this_thread::yield();
        }
    }
    Storm(const Storm&) = delete;
    Storm& operator=(const Storm&) = delete;
    ~Storm() { end(); }

    void end() {
        is_over_ = true;
        for (auto& thread : threads_) {
            thread.join();
        }
        threads_.clear();
    }
    [[nodiscard]] long leases() const { return leases_; }
    [[nodiscard]] long failures() const { return failures_; }

private:
    // Some talk, some only borrow, some close what they had.
    void rage(Pool<LineSession>& pool, int offset) {
        for (int round = offset; !is_over_; ++round) {
            try {
                auto lease = pool.acquire(30s);
                if (round % 3 == 0 && !lease->ask("parent")) {
                    ++failures_;
                }
                ++leases_;
                if (round % 64 == 0) {
                    lease.discard();
                }
            } catch (...) {
                ++failures_;
            }
        }
    }

    std::atomic<bool> is_over_{false};
    std::atomic<long> leases_{0};
    std::atomic<long> failures_{0};
    std::vector<std::thread> threads_;
};

TEST_CASE("a fork in the middle of borrowing threads hangs nobody and mixes nothing up",
          "[integration][pool][fork]") {
    skip_without_allocator_after_fork();
    constexpr int kForks = 300;
    const auto places = GENERATE(2U, 8U);  // somebody waits; or all go through the lane
    auto options = calm(places);
    options.min_idle = 1;
    options.keepalive_interval = 1ms;
    options.reap_interval = 1ms;
    ForkScene scene{options};
    Storm storm{scene.typed(), 4};
    int wrong = 0;
    for (int i = 0; i < kForks && wrong == 0; ++i) {
        const auto report = in_child([&] {
            Expectations child;
            child.expect(scene.typed().stats().total == 0, "the pool is empty");
            for (int round = 0; round < 3; ++round) {
                child.expect(scene.typed().acquire(30s)->ask("child"), "the connection answers");
            }
            child.expect(scene.typed().stats().waiting == 0, "nobody waits");
            child.expect(scene.typed().stats().acquired == 3, "nobody else borrows");
            return child.outcome();
        });
        wrong += report.empty() ? 0 : 1;
        CHECK(report == "");
    }
    storm.end();
    CHECK(storm.failures() == 0);
    CHECK(scene.server->shared_by('p', 'c') == 0);
    CHECK(scene.typed().drain(30s));
    const auto stats = scene.typed().stats();
    CHECK(stats.acquired == static_cast<std::uint64_t>(storm.leases()));
    CHECK(stats.released == stats.acquired);
    CHECK(stats.closed_broken == 0);
    CHECK(stats.open_failures == 0);
}

TEST_CASE("who waits in the parent does not stand in the child's queue, and is served in his own",
          "[integration][pool][fork]") {
    skip_without_threads_after_fork();
    auto options = calm(1);
    options.max_waiters = 1;
    ForkScene scene{options};
    auto& pool = scene.typed();
    auto lease = pool.acquire();
    REQUIRE(lease->ask("parent"));
    std::atomic<bool> is_served{false};
    std::thread waiter{[&] { is_served = pool.acquire(30s)->ask("parent"); }};
    REQUIRE(scene.comes_true([](const auto& stats) { return stats.waiting == 1; }));

    CHECK(in_child([&] {
              Expectations child;
              child.expect(pool.stats().waiting == 0, "nobody waits");
              auto own = pool.acquire(30s);
              child.expect(own->ask("child"), "the child's connection answers");
              own.release();
              lease.release();
              child.expect(pool.stats().idle == 1, "it is granted to nobody");
              return child.outcome();
          }) == "");

    lease.release();
    waiter.join();
    CHECK(is_served);
    CHECK(scene.server->shared_by('p', 'c') == 0);
}

TEST_CASE("a fork while connections are being opened leaves the opens to the parent",
          "[integration][pool][fork]") {
    skip_without_allocator_after_fork();
    constexpr int kForks = 50;
    auto options = calm(4);
    options.max_connecting = 4;
    ForkScene scene{options};
    for (int i = 0; i < kForks; ++i) {
        std::vector<std::thread> callers;
        std::atomic<int> served{0};
        for (int caller = 0; caller < 4; ++caller) {
            callers.emplace_back(
                [&] { served += scene.typed().acquire(30s)->ask("parent") ? 1 : 0; });
        }
        CHECK(in_child([&] {
                  Expectations child;
                  child.expect(scene.typed().acquire(30s)->ask("child"), "one is opened");
                  return child.outcome();
              }) == "");
        for (auto& caller : callers) {
            caller.join();
        }
        CHECK(served == 4);
        scene.typed().reconnect();
    }
    CHECK(scene.server->shared_by('p', 'c') == 0);
}

// What a program that is executed finds open beside the three that it is given.
std::string sockets_after_exec(bool by_fork) {
    const std::string script =
        "for f in /proc/self/fd/*; do case $(readlink $f) in "
        "socket:*|anon_inode:*) exit 1;; esac; done";
    const char* const arguments[]{"/bin/sh", "-c", script.c_str(), nullptr};
    auto* const argv = const_cast<char**>(arguments);
    pid_t process = -1;
    if (by_fork) {
        process = ::fork();
        if (process == 0) {
            ::execv("/bin/sh", argv);
            ::_exit(127);
        }
    } else if (::posix_spawn(&process, "/bin/sh", nullptr, nullptr, argv, environ) != 0) {
        return "was not started";
    }
    int status = 0;
    ::waitpid(process, &status, 0);
    return status == 0 ? "" : "has some of our descriptors";
}

TEST_CASE("a program that is executed inherits no descriptor of a pool",
          "[integration][pool][fork]") {
    ForkScene scene;
    REQUIRE(scene.open(2, "parent"));
    CHECK(sockets_after_exec(true) == "");
    CHECK(sockets_after_exec(false) == "");
    CHECK(scene.open(2, "parent"));
    CHECK(scene.typed().stats().opened == 2);
}

}  // namespace
}  // namespace cistern::test
