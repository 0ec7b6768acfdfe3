// Servers that die, freeze, forget or say no.

#include "hive_pools.hpp"
#include "support/test_folder.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>

using namespace cistern::test;
using namespace std::chrono_literals;

namespace {

cistern::Runtime sandbox_runtime(const HiveSandbox& server,
                                 Texts settings = {},
                                 Texts options = {}) {
    settings.emplace("endpoint", server.endpoint());
    settings.emplace("auth", "nosasl");
    return hive_runtime(std::move(settings), std::move(options));
}

}  // namespace

TEST_CASE("a server killed in the middle of a result costs its lease and no more",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    HiveSandbox server;
    auto runtime = sandbox_runtime(server, {{"fetch_size", "10"}}, {{"max_size", "2"}});
    auto& pool = warehouse(runtime);
    {
        const auto lease = pool.acquire();
        const auto operation = lease->execute("select id from range(10000)");
        hive::Batch batch;
        REQUIRE(operation->fetch(batch));
        server.kill();
        CHECK_THROWS_AS(
            [&] {
                while (operation->fetch(batch)) {
                }
            }(),
            cistern::IoError);
    }
    CHECK(pool.stats().idle == 0);
    server.start();
    CHECK(numbers(*pool.acquire(), "select 1") == std::vector<std::int64_t>{1});
}

TEST_CASE("a frozen server costs call_timeout and no more", "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    HiveSandbox server;
    auto runtime = sandbox_runtime(server, {{"call_timeout", "300ms"}});
    const auto lease = warehouse(runtime).acquire();
    server.freeze();
    const auto began = std::chrono::steady_clock::now();
    try {
        static_cast<void>(lease->execute("insert into t values (1)"));
        FAIL("a frozen server answered");
    } catch (const cistern::DeadlineExceeded& error) {
        CHECK(error.outcome_unknown());
    }
    CHECK(std::chrono::steady_clock::now() - began < 10s);
    server.thaw();
}

TEST_CASE("a session that the server forgot is not lent again", "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    HiveSandbox server;
    auto runtime = sandbox_runtime(server, {}, {{"max_size", "1"}});
    auto& pool = warehouse(runtime);
    {
        const auto lease = pool.acquire();
        run(*lease, "set sandbox.fault=kill-session");
        CHECK_THROWS_AS(run(*lease, "select 1"), hive::HandleLost);
    }
    CHECK(numbers(*pool.acquire(), "select 1") == std::vector<std::int64_t>{1});
    CHECK(pool.stats().opened == 2);
}

TEST_CASE("passwords are checked by SASL PLAIN, and a wrong one is an AuthError",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    const TestFolder folder;
    const auto file = folder.write("password", "open:sesame ;%\n");
    HiveSandbox server{{"--auth", "custom", "--user", "ann", "--password-file", file.string()}};
    auto right = hive_runtime({{"endpoint", server.endpoint()},
                               {"auth", "custom"},
                               {"user", "ann"},
                               {"password", "open:sesame ;%"}});
    const auto lease = warehouse(right).acquire();
    CHECK(numbers(*lease, "select 1") == std::vector<std::int64_t>{1});

    auto wrong = hive_runtime({{"endpoint", server.endpoint()},
                               {"auth", "custom"},
                               {"user", "ann"},
                               {"password", "let me in"}});
    try {
        static_cast<void>(warehouse(wrong).acquire(5s));
        FAIL("a wrong password was taken");
    } catch (const cistern::Error& error) {
        CHECK_THAT(error.what(), Catch::Contains("refused the login"));
        CHECK_THAT(error.what(), !Catch::Contains("let me in"));
    }
}

TEST_CASE("each side that expects another opening is told so", "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    const HiveSandbox without{{"--auth", "nosasl"}};
    const HiveSandbox with{{"--auth", "none"}};
    const auto text_of = [](Texts settings) {
        auto runtime = hive_runtime(std::move(settings),
                                    {{"connect_timeout", "500ms"}, {"retry.max_attempts", "1"}});
        try {
            static_cast<void>(warehouse(runtime).acquire(5s));
            return std::string{};
        } catch (const cistern::Error& error) {
            return std::string{error.what()};
        }
    };
    CHECK_THAT(text_of({{"endpoint", without.endpoint()}, {"auth", "none"}}),
               Catch::Contains("nosasl"));
    CHECK_THAT(text_of({{"endpoint", with.endpoint()}, {"auth", "nosasl"}}),
               Catch::Contains("SASL"));
}

TEST_CASE("what servers do differently makes no difference to the rows", "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    const auto fault = GENERATE(as<std::string>{},
                                "none",
                                "bitmap=spark",
                                "bitmap=padded",
                                "bitmap=long",
                                "short-null-columns",
                                "more-rows=honest",
                                "more-rows=empty",
                                "late-result-set",
                                "no-result-set-in-status",
                                "unknown-enum",
                                "unknown-field=FetchResults",
                                "unknown-field=GetOperationStatus");
    const auto version = GENERATE(as<std::string>{}, "5", "6", "11");
    CAPTURE(fault, version);
    HiveSandbox server{{"--fault", fault}};
    auto runtime = sandbox_runtime(server, {{"fetch_size", "7"}, {"protocol_version", version}});
    const auto lease = warehouse(runtime).acquire();
    const auto operation =
        lease->execute("select case when id % 3 = 0 then null else id end, null from range(25)");
    hive::Batch batch;
    std::vector<bool> nulls;
    while (operation->fetch(batch)) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            nulls.push_back(batch.columns.at(0).is_null(row));
            CHECK(batch.columns.at(1).is_null(row));
        }
    }
    REQUIRE(nulls.size() == 25);
    for (std::size_t row = 0; row < nulls.size(); ++row) {
        CHECK(nulls[row] == (row % 3 == 0));
    }
}

TEST_CASE("a damaged reply is an error that names the damage, and its connection is not lent again",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    using Case = std::pair<std::string, std::string>;
    const auto& [fault, damage] = GENERATE(values<Case>({
        {"oversize-length", "max_message_size"},
        {"truncated-frame", "in the middle of a reply"},
        {"extra-reply", "more than one reply"},
        {"wrong-sequence", "sequence number"},
        {"wrong-method", "another method"},
        {"garbage", "as a Thrift message does"},
        {"drop", "instead of answering"},
    }));
    CAPTURE(fault);
    HiveSandbox server{{"--fault", fault + "=FetchResults"}};
    auto runtime = sandbox_runtime(server, {{"call_timeout", "5s"}}, {{"max_size", "1"}});
    auto& pool = warehouse(runtime);
    {
        const auto lease = pool.acquire();
        const auto operation = lease->execute("select id from range(10)");
        const auto fetch_all = [&] {
            for (hive::Batch batch; operation->fetch(batch);) {
            }
            // All rows came; what came behind them is noticed by the next call at the latest.
            static_cast<void>(lease->server_info());
        };
        CHECK_THROWS_WITH(fetch_all(), Catch::Contains(damage));
    }
    const auto lease = pool.acquire();
    CHECK_FALSE(lease->server_info().name.empty());
    CHECK(pool.stats().opened == 2);
    CHECK(pool.stats().closed_broken == 1);
}

TEST_CASE("a call that the server could not serve is an error of the call alone",
          "[integration][hive]") {
    skip_on_foreign_hive("it must not be broken");
    HiveSandbox server{{"--fault", "exception=FetchResults"}};
    auto runtime = sandbox_runtime(server, {}, {{"max_size", "1"}});
    auto& pool = warehouse(runtime);
    {
        const auto lease = pool.acquire();
        const auto operation = lease->execute("select id from range(10)");
        hive::Batch batch;
        CHECK_THROWS_WITH(operation->fetch(batch), Catch::Contains("Thrift exception 6"));
        CHECK_FALSE(lease->server_info().name.empty());
    }
    CHECK_FALSE(pool.acquire()->server_info().name.empty());
    CHECK(pool.stats().opened == 1);
}
