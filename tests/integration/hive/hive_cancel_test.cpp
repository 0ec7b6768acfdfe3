// Ending a statement that runs: nobody waits behind the question whether it has finished.

#include "hive_pools.hpp"
#include "support/skip.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <future>
#include <thread>

using namespace cistern::test;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

namespace {

// A statement that runs for minutes. Foreign servers differ, so theirs is told by the environment.
std::string slow_statement() {
    if (!foreign_hive_url()) {
        return "select id from range(1000000)";  // of which each row is delayed
    }
    const char* const sql = std::getenv("CISTERN_TEST_HIVE_SLOW_SQL");
    if (sql == nullptr) {
        skip("CISTERN_TEST_HIVE_SLOW_SQL names no slow statement");
    }
    return sql;
}

// The sandbox answers a status call only after a minute, unless there is news.
const std::vector<std::string> kSlowServer{"--long-poll", "60000", "--fault", "row-delay=20"};

}  // namespace

TEST_CASE("a cancel does not wait behind somebody who waits for the statement",
          "[integration][hive]") {
    const AnyHive hive{kSlowServer};
    auto runtime = hive.runtime({{"call_timeout", "90s"}});
    const auto lease = warehouse(runtime).acquire();
    const auto operation = lease->execute(slow_statement());
    auto waiter = std::async(std::launch::async, [&] {
        try {
            operation->wait();
            return std::string{"finished"};
        } catch (const hive::StatementCancelled&) {
            return std::string{"cancelled"};
        } catch (const std::exception& error) {
            return std::string{error.what()};
        }
    });
    std::this_thread::sleep_for(300ms);  // until the question is on its way
    const auto began = SteadyClock::now();
    operation->cancel();
    CHECK(waiter.get() == "cancelled");
    CHECK(SteadyClock::now() - began < 20s);
    operation->close();
    CHECK(numbers(*lease, "select 1") == std::vector<std::int64_t>{1});
}

TEST_CASE("a lease that ends with its statement running leaves nothing behind",
          "[integration][hive]") {
    auto arguments = kSlowServer;
    arguments.emplace_back("--verbose");
    const AnyHive hive{arguments};
    auto runtime = hive.runtime({}, {{"max_size", "1"}});
    {
        const auto lease = warehouse(runtime).acquire();
        static_cast<void>(lease->execute(slow_statement()));
    }
    const auto lease = warehouse(runtime).acquire();
    CHECK(numbers(*lease, "select 1") == std::vector<std::int64_t>{1});
    if (const auto calls = hive.calls()) {
        CHECK(warehouse(runtime).stats().opened == 1);  // it did not take the connection with it
        const auto first = calls->find("ExecuteStatement");
        const auto second = calls->find("ExecuteStatement", first + 1);
        REQUIRE(second != std::string::npos);
        CHECK_THAT(calls->substr(first, second - first),
                   Catch::Contains("CloseOperation") || Catch::Contains("CloseSession"));
    }
}
