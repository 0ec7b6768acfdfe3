#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using namespace cistern::test;
using redis::Reply;

namespace {

constexpr std::string_view kAdd = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

// How often the server has run `command` ("evalsha", "script|load") since it started.
long calls_of(const RedisServer& server, const std::string& command) {
    const auto report = server.ask("INFO commandstats");
    const auto line = report.find("cmdstat_" + command + ":calls=");
    if (line == std::string::npos) {
        return 0;
    }
    return std::stol(report.substr(report.find('=', line) + 1));
}

}  // namespace

TEST_CASE("a script runs on a real server by its digest, and is loaded once per connection",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}}, {{"max_size", "1"}});
    for (int lease = 0; lease < 3; ++lease) {
        auto session = cache(runtime).acquire();
        session->eval(kAdd, {"n"}, {"2"}, 5s);
        session->eval(kAdd, {"n"}, {"2"}, 5s);
    }
    auto session = cache(runtime).acquire();
    CHECK(session->command({"GET", "n"}, 5s).text() == "12");
    CHECK(session->script_stats().misses == 1);
    CHECK(session->script_stats().hits == 5);
    CHECK(calls_of(server, "script|load") + calls_of(server, "script") == 1);
    CHECK(calls_of(server, "evalsha") == 6);
    CHECK(calls_of(server, "eval") == 0);
}

TEST_CASE("SCRIPT FLUSH by somebody else goes unnoticed, and the script runs once",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();
    CHECK(session->eval(kAdd, {"n"}, {"1"}, 5s).integer() == 1);
    static_cast<void>(server.ask("SCRIPT FLUSH"));
    CHECK(session->eval(kAdd, {"n"}, {"1"}, 5s).integer() == 2);
    CHECK(session->script_stats().forgotten == 1);
    CHECK(session->eval(kAdd, {"n"}, {"1"}, 5s).integer() == 3);
    CHECK(session->script_stats().forgotten == 1);
}

TEST_CASE("FLUSHALL between two runs changes nothing but the data", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();
    session->eval(kAdd, {"n"}, {"5"}, 5s);
    session->command({"FLUSHALL"}, 5s);
    CHECK(session->eval(kAdd, {"n"}, {"1"}, 5s).integer() == 1);
}

TEST_CASE("connections of before a restart take their scripts with them", "[integration][redis]") {
    RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    cache(runtime).acquire()->eval(kAdd, {"n"}, {"1"}, 5s);
    server.kill();
    server.start();
    auto session = cache(runtime).acquire(20s);
    CHECK(session->eval(kAdd, {"n"}, {"1"}, 5s).integer() == 1);
    CHECK(session->script_stats().misses == 1);
    CHECK(session->script_stats().forgotten == 0);
}

TEST_CASE("a real server's scripts fail as commands do, and run in transactions",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();
    session->command({"RPUSH", "l", "x"}, 5s);
    CHECK_THROWS_AS(session->eval(kAdd, {"l"}, {"1"}, 5s), redis::ServerError);
    CHECK_THROWS_AS(session->eval("this is not Lua", {}, {}, 5s), redis::ServerError);
    CHECK_THROWS_WITH(
        session->eval(
            "redis.call('INCR', 'ran') return redis.error_reply('NOSCRIPT mine')", {}, {}, 5s),
        Catch::Contains("NOSCRIPT mine"));
    CHECK(session->command({"GET", "ran"}, 5s).text() == "1");

    session->command({"MULTI"}, 5s);
    CHECK(session->eval(kAdd, {"n"}, {"7"}, 5s).is_status("QUEUED"));
    CHECK(session->command({"EXEC"}, 5s) == Reply::array({Reply::integer(7)}));
}

TEST_CASE("script_cache_size bounds what a connection knows, and 0 turns it off",
          "[integration][redis]") {
    const RedisServer server;
    SECTION("one") {
        auto runtime = redis_runtime({{"endpoint", server.endpoint()}, {"script_cache_size", "1"}});
        auto session = cache(runtime).acquire();
        for (const auto* script : {"return 1", "return 2", "return 1"}) {
            session->eval(script, {}, {}, 5s);
        }
        CHECK(session->script_stats().misses == 3);
        CHECK(session->script_stats().evictions == 2);
    }
    SECTION("none") {
        auto runtime = redis_runtime({{"endpoint", server.endpoint()}, {"script_cache_size", "0"}});
        auto session = cache(runtime).acquire();
        CHECK(session->eval("return 1", {}, {}, 5s).integer() == 1);
        CHECK(calls_of(server, "eval") == 1);
        CHECK(calls_of(server, "evalsha") == 0);
    }
}
