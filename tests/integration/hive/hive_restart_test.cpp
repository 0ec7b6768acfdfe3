// A server that is killed and started again while many work with it.

#include "hive_pools.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace cistern::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kWorkers = 6;
constexpr std::int64_t kRows = 50;

// What the workers have seen so far, and a way to wait for them to see more.
class Seen {
public:
    // The number of the next statement; zero once it is over.
    std::int64_t next() {
        const std::lock_guard lock{mutex_};
        return is_over_ ? 0 : ++started_;
    }
    void right(std::size_t worker) {
        note([&] { ++right_[worker]; });
    }
    void failed(std::size_t worker) {
        note([&] { ++failed_[worker]; });
    }
    // What must not happen.
    void wrong(std::string what) {
        note([&] { wrong_.push_back(std::move(what)); });
    }
    void end() {
        note([&] { is_over_ = true; });
    }

    // Until each worker has got right rows again, counted from now.
    [[nodiscard]] bool await_all_right() {
        return await([this, from = copy(right_)] {
            for (std::size_t worker = 0; worker < kWorkers; ++worker) {
                if (right_[worker] == from[worker]) {
                    return false;
                }
            }
            return true;
        });
    }
    // Until any of them has failed, counted from now.
    [[nodiscard]] bool await_failure() {
        return await([this, from = copy(failed_)] { return failed_ != from; });
    }
    [[nodiscard]] std::vector<std::string> wrong() const {
        const std::lock_guard lock{mutex_};
        return wrong_;
    }

private:
    using Counts = std::array<int, kWorkers>;

    template <class Change>
    void note(Change change) {
        const std::lock_guard lock{mutex_};
        change();
        changed_.notify_all();
    }
    [[nodiscard]] Counts copy(const Counts& counts) const {
        const std::lock_guard lock{mutex_};
        return counts;
    }
    template <class Condition>
    [[nodiscard]] bool await(Condition condition) {
        std::unique_lock lock{mutex_};
        return changed_.wait_for(lock, 60s, condition);
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Counts right_{};
    Counts failed_{};
    std::vector<std::string> wrong_;
    std::int64_t started_ = 0;
    bool is_over_ = false;
};

// Statements of which no two have a row in common.
void work(cistern::Pool<hive::Session>& pool, Seen& seen, std::size_t worker) {
    while (const auto number = seen.next()) {
        std::vector<std::int64_t> own(kRows);
        std::iota(own.begin(), own.end(), number * kRows);
        try {
            const auto lease = pool.acquire();
            const auto got = numbers(*lease,
                                     "select id + " + std::to_string(own.front()) + " from range(" +
                                         std::to_string(kRows) + ")");
            if (got == own) {
                seen.right(worker);
            } else {
                seen.wrong("statement " + std::to_string(number) + " got " +
                           std::to_string(got.size()) + " rows, or others than its own");
            }
        } catch (const cistern::Error& error) {
            if (!error.is_transient()) {
                seen.wrong(std::string{"told not to try again: "} + error.what());
            }
            seen.failed(worker);
        } catch (const std::exception& error) {
            seen.wrong(std::string{"an error without a type: "} + error.what());
        }
    }
}

}  // namespace

TEST_CASE("a server restarted under load costs errors that say so, no wrong rows, and no help",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    HiveSandbox server;
    auto runtime =
        hive_runtime({{"endpoint", server.endpoint()}, {"auth", "nosasl"}, {"fetch_size", "7"}},
                     {{"max_size", "3"}, {"acquire_timeout", "2s"}});
    auto& pool = warehouse(runtime);
    Seen seen;
    std::vector<std::thread> workers;
    for (std::size_t worker = 0; worker < kWorkers; ++worker) {
        workers.emplace_back([&, worker] { work(pool, seen, worker); });
    }
    bool is_good = seen.await_all_right();
    for (int restart = 0; is_good && restart < 5; ++restart) {
        server.kill();
        is_good = seen.await_failure();
        server.start();
        is_good = is_good && seen.await_all_right();
    }
    seen.end();
    for (auto& worker : workers) {
        worker.join();
    }
    CHECK(is_good);
    CHECK(seen.wrong() == std::vector<std::string>{});
    const auto stats = pool.stats();
    CHECK(stats.lent == 0);
    CHECK(stats.opened > 5);  // at least one for each life of the server
}
