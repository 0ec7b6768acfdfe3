#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/error.hpp>
#include <cistern/plugin_report.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;
using redis::Reply;

TEST_CASE("every type of reply comes back as itself from a real server", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();

    CHECK(session->command({"SET", "k", "v"}, 5s).is_status("OK"));
    CHECK(session->command({"GET", "k"}, 5s).text() == "v");
    CHECK(session->command({"GET", "none"}, 5s).is_nil());
    CHECK(session->command({"INCRBY", "n", "-5"}, 5s).integer() == -5);
    CHECK(session->command({"RPUSH", "l", "a", "b"}, 5s).integer() == 2);
    CHECK(session->command({"LRANGE", "l", "0", "-1"}, 5s) ==
          Reply::array({Reply::string("a"), Reply::string("b")}));
    CHECK(session->command({"EVAL", "return {1,{'x',{}},false}", "0"}, 5s) ==
          Reply::array(
              {Reply::integer(1), Reply::array({Reply::string("x"), Reply::array()}), Reply{}}));
    try {
        session->command({"LPUSH", "k", "x"}, 5s);
        FAIL("no error was thrown");
    } catch (const redis::ServerError& error) {
        CHECK(error.code() == "WRONGTYPE");
    }
    CHECK(session->command({"GET", "k"}, 5s).text() == "v");
}

TEST_CASE("keys and values may be any bytes, also large ones", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();

    std::string key;
    for (int byte = 0; byte < 256; ++byte) {
        key += static_cast<char>(byte);
    }
    std::string value = "\r\n$5\r\n";
    value.resize(3'000'001, '\0');
    session->command({"SET", key, value}, 10s);
    CHECK(session->command({"GET", key}, 10s).text() == value);
    CHECK(session->command({"EXISTS", key}, 5s).integer() == 1);
}

TEST_CASE("a pipeline of many commands gives every reply in its place", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();

    std::vector<redis::Command> commands;
    for (int i = 0; i < 5000; ++i) {
        commands.push_back({"INCR", "n"});
    }
    commands[1000] = {"NO-SUCH-COMMAND"};
    const auto replies = session->pipeline(commands, 20s);
    REQUIRE(replies.size() == 5000);
    CHECK(replies[999].integer() == 1000);
    CHECK(replies[1000].is_error());
    CHECK(replies[4999].integer() == 4999);
}

TEST_CASE("the login of the settings is what the server sees", "[integration][redis]") {
    RedisServer server{{"--requirepass", "sesame"}};
    server.log_in_with("AUTH sesame");
    static_cast<void>(server.ask("ACL SETUSER app on >word ~* +@all"));
    const bool over_unix = GENERATE(false, true);
    const Texts where = over_unix ? Texts{{"unix_path", server.unix_path()}}
                                  : Texts{{"endpoint", server.endpoint()}};

    SECTION("password of the server") {
        auto settings = where;
        settings["password"] = "sesame";
        auto runtime = redis_runtime(settings);
        auto session = cache(runtime).acquire();
        CHECK(session->command({"ACL", "WHOAMI"}, 5s).text() == "default");
    }
    SECTION("user, database and name") {
        auto settings = where;
        settings.insert(
            {{"user", "app"}, {"password", "word"}, {"database", "3"}, {"client_name", "shop"}});
        auto runtime = redis_runtime(settings);
        auto session = cache(runtime).acquire();
        CHECK(session->command({"ACL", "WHOAMI"}, 5s).text() == "app");
        CHECK(session->command({"CLIENT", "GETNAME"}, 5s).text() == "shop");
        CHECK(session->command({"CLIENT", "INFO"}, 5s).text().find(" db=3 ") != std::string::npos);
    }
}

TEST_CASE("a properties file with its secret in the environment is all it takes",
          "[integration][redis]") {
    RedisServer server{{"--requirepass", "sesame"}};
    const auto file =
        std::filesystem::path{server.unix_path()}.replace_filename("cistern.properties");
    std::ofstream{file} << "plugins.dir = " << cistern::default_plugin_dir().string() << '\n'
                        << "pools = cache\n"
                        << "pool.cache.plugin = redis\n"
                        << "pool.cache.max_size = 2\n"
                        << "pool.cache.redis.endpoint = " << server.endpoint() << '\n'
                        << "pool.cache.redis.password = ${env:CISTERN_TEST_REDIS_PASSWORD}\n";
    ::setenv("CISTERN_TEST_REDIS_PASSWORD", "sesame", 1);
    auto runtime = cistern::Runtime::from_file(file);
    auto session = cache(runtime).acquire();
    CHECK(session->command({"PING"}, 5s).is_status("PONG"));
}

TEST_CASE("a command that blocks on the server ends by the caller's timeout",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    {
        auto session = cache(runtime).acquire();
        CHECK(session->command({"BLPOP", "list", "0.05"}, 5s).is_nil());
        const auto began = std::chrono::steady_clock::now();
        CHECK_THROWS_AS(session->command({"BLPOP", "list", "0"}, 200ms), cistern::DeadlineExceeded);
        CHECK(std::chrono::steady_clock::now() - began < 5s);
    }
    auto next = cache(runtime).acquire();
    CHECK(next->command({"PING"}, 5s).is_status("PONG"));
}

TEST_CASE("a subscriber receives what others publish", "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto listener = cache(runtime).acquire();
    auto speaker = cache(runtime).acquire();
    const auto last = listener->command({"SUBSCRIBE", "a", "b"}, 5s);
    CHECK(last.elements()[2].integer() == 2);
    CHECK(speaker->command({"PUBLISH", "b", "hello"}, 5s).integer() == 1);
    CHECK(listener->receive(5s) ==
          Reply::array({Reply::string("message"), Reply::string("b"), Reply::string("hello")}));
    CHECK(listener->command({"UNSUBSCRIBE", "a", "b"}, 5s).elements()[2].integer() == 0);
    CHECK(listener->command({"PING"}, 5s).is_status("PONG"));
}

TEST_CASE("a transaction goes on after a refused SUBSCRIBE, and replies stay matched",
          "[integration][redis]") {
    const RedisServer server;
    auto runtime = redis_runtime({{"endpoint", server.endpoint()}});
    auto session = cache(runtime).acquire();
    session->command({"MULTI"}, 5s);
    CHECK_THROWS_AS(session->command({"SUBSCRIBE", "a", "b"}, 5s), cistern::Error);
    CHECK(session->command({"INCR", "n"}, 5s).is_status("QUEUED"));
    CHECK(session->command({"EXEC"}, 5s) == Reply::array({Reply::integer(1)}));
    CHECK(session->command({"PING"}, 5s).is_status("PONG"));
}
