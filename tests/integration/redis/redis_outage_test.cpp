#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/acquire_timeout.hpp>
#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;
using std::chrono::steady_clock;

namespace {

// Threads that use the pool until they are stopped, and what they saw.
class Load {
public:
    Load(cistern::Pool<redis::Session>& pool, int threads) : pool_{pool} {
        for (int i = 0; i < threads; ++i) {
            threads_.emplace_back([this] { run(); });
        }
    }
    ~Load() { stop(); }

    void stop() {
        stopping_ = true;
        for (auto& thread : threads_) {
            thread.join();
        }
        threads_.clear();
    }
    // Waits until so many more calls have succeeded; false when they do not within a generous time.
    [[nodiscard]] bool wait_for_more(int calls) const {
        const auto goal = successes_ + calls;
        const auto give_up = steady_clock::now() + 20s;
        while (successes_ < goal && steady_clock::now() < give_up) {
            std::this_thread::sleep_for(5ms);
        }
        return successes_ >= goal;
    }
    [[nodiscard]] std::vector<std::string> errors() const {
        const std::scoped_lock lock{mutex_};
        return errors_;
    }

private:
    void run() {
        while (!stopping_) {
            try {
                pool_.acquire(15s)->command({"INCR", "n"}, 5s);
                ++successes_;
            } catch (const std::exception& error) {
                const std::scoped_lock lock{mutex_};
                errors_.emplace_back(error.what());
            }
        }
    }

    cistern::Pool<redis::Session>& pool_;
    std::atomic<bool> stopping_{false};
    std::atomic<int> successes_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> errors_;
    std::vector<std::thread> threads_;
};

// What `call` threw, and how long it took.
struct Outcome {
    std::string error;
    bool is_timeout = false;
    std::chrono::nanoseconds took{};
};

template <class Call>
Outcome outcome_of(Call call) {
    Outcome outcome;
    const auto began = steady_clock::now();
    try {
        call();
    } catch (const cistern::AcquireTimeout& error) {
        outcome.error = error.what();
        outcome.is_timeout = true;
    } catch (const cistern::DeadlineExceeded& error) {
        outcome.error = error.what();
        outcome.is_timeout = true;
    } catch (const std::exception& error) {
        outcome.error = error.what();
    }
    outcome.took = steady_clock::now() - began;
    return outcome;
}

}  // namespace

TEST_CASE("a server killed under load costs one error per connection, and then all is well again",
          "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime(
        {{"endpoint", server.endpoint()}},
        {{"max_size", "3"}, {"retry.max_attempts", "100"}, {"retry.max_delay", "100ms"}});
    Load load{cache(runtime), 8};
    CHECK(load.wait_for_more(100));
    server.kill();
    std::this_thread::sleep_for(200ms);  // the outage lasts
    server.start();
    CHECK(load.wait_for_more(100));
    load.stop();
    const auto errors = load.errors();
    CAPTURE(errors);
    CHECK(errors.size() <= 3);
}

TEST_CASE("with a frozen server every call ends by its own time, and all recovers afterwards",
          "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}},
                                 {{"max_size", "2"}, {"connect_timeout", "500ms"}});
    auto& pool = cache(runtime);
    {
        auto session = pool.acquire();
        server.freeze();
        const auto command = outcome_of([&] { session->command({"PING"}, 200ms); });
        CHECK(command.is_timeout);
        CHECK(command.took >= 200ms);
        CHECK(command.took < 3s);
    }
    const auto acquire = outcome_of([&] { static_cast<void>(pool.acquire(300ms)); });
    CHECK(acquire.is_timeout);
    CHECK(acquire.took < 3s);

    server.thaw();
    CHECK(pool.acquire(20s)->command({"PING"}, 20s).is_status("PONG"));
}

TEST_CASE("a wrong password is told at once, with what to mend, and without a storm of logins",
          "[integration][redis]") {
    RedisServer server{{"--requirepass", "sesame"}};
    server.log_in_with("AUTH sesame");
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}, {"password", "guess"}},
                                 {{"max_size", "4"}, {"min_idle", "2"}});
    const auto before = server.info("total_connections_received");
    const auto began = steady_clock::now();
    const auto acquire = outcome_of([&] { static_cast<void>(cache(runtime).acquire(10s)); });
    CHECK(acquire.took < 5s);
    CHECK_THAT(acquire.error,
               Catch::Contains("redis.password") && Catch::Contains("WRONGPASS") &&
                   !Catch::Contains("guess") && !Catch::Contains("sesame"));
    std::this_thread::sleep_until(began + 1s);
    // Back-off begins at 50 ms and grows: a second has room for about nine.
    CHECK(server.info("total_connections_received") - before <= 15);
}

TEST_CASE("a server that nobody started is refused in words and within the time",
          "[integration][redis]") {
    RedisServer server;
    server.kill();
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    const auto acquire = outcome_of([&] { static_cast<void>(cache(runtime).acquire(5s)); });
    CHECK(acquire.took < 5s);
    CHECK_THAT(acquire.error, Catch::Contains(server.endpoint()));
}
