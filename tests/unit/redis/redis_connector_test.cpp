#include "redis_connector.hpp"

#include "support/scripted_io.hpp"

#include <cistern/redis/session.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>

using namespace std::chrono_literals;
using cistern::ConnectorConfig;
using cistern::test::ScriptedIo;
using redis::RedisConnector;

namespace {

using Texts = std::map<std::string, std::string>;

ConnectorConfig config(const Texts& texts) {
    std::map<std::string, cistern::ConfigValue> values{{"endpoint", {"db1:6379", "test"}}};
    if (texts.count("unix_path") != 0) {
        values.clear();
    }
    for (const auto& [key, text] : texts) {
        values[key] = {text, "test"};
    }
    return {"cache", std::move(values)};
}

// Connects to a server that answers the login with `replies`; returns what was sent.
std::string connect(const Texts& texts, const std::string& replies) {
    ScriptedIo io;
    const auto script = io.will_connect();
    script->answers([&](std::string_view) { return replies; });
    RedisConnector connector;
    const auto connection = connector.connect(io, config(texts), io.clock().deadline_after(1s));
    CHECK(dynamic_cast<redis::Session*>(connection.get()) != nullptr);
    return script->written();
}

const Texts kLogin{{"user", "app"}, {"password", "sesame"}};

}  // namespace

TEST_CASE("without settings a login is one PING", "[unit][redis]") {
    CHECK(connect({}, "+PONG\r\n") == "*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a password alone is the default user's", "[unit][redis]") {
    CHECK(connect({{"password", "sesame"}}, "+OK\r\n+PONG\r\n") ==
          "*2\r\n$4\r\nAUTH\r\n$6\r\nsesame\r\n*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a full login is one write, in the order that the server needs", "[unit][redis]") {
    CHECK(connect({{"user", "app"},
                   {"password", "sesame"},
                   {"database", "3"},
                   {"client_name", "shop"},
                   {"unix_path", "/run/redis.sock"}},
                  "+OK\r\n+OK\r\n+OK\r\n+PONG\r\n") ==
          "*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$6\r\nsesame\r\n"
          "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$4\r\nshop\r\n"
          "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
          "*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a refused login is an AuthError that says what to mend", "[unit][redis]") {
    struct Case {
        Texts texts;
        std::string replies;
        std::string hint;
    };
    const auto refusal = GENERATE(
        Case{
            kLogin, "-WRONGPASS invalid username-password pair\r\n-NOAUTH x\r\n", "redis.password"},
        Case{{}, "-NOAUTH Authentication required.\r\n", "set redis.password"},
        Case{{{"password", "x"}}, "-ERR invalid password\r\n-NOAUTH x\r\n", "check redis.password"},
        Case{{{"password", "x"}},
             "-ERR Client sent AUTH, but no password is set\r\n+PONG\r\n",
             "remove redis.password"},
        Case{{{"password", "x"}},
             "-ERR AUTH <password> called without any password configured for the default user\r\n"
             "+PONG\r\n",
             "remove redis.password"},
        Case{kLogin, "-ERR wrong number of arguments for 'auth' command\r\n+PONG\r\n", "Redis 6"},
        Case{{{"database", "2"}}, "-NOPERM no select\r\n+PONG\r\n", "+select"},
        Case{{}, "-DENIED Redis is running in protected mode\r\n", "protected-mode"});
    CAPTURE(refusal.replies);
    CHECK_THROWS_AS(connect(refusal.texts, refusal.replies), cistern::AuthError);
    CHECK_THROWS_WITH(connect(refusal.texts, refusal.replies), Catch::Contains(refusal.hint));
}

TEST_CASE("a password is in no text, though the server repeats it", "[unit][redis]") {
    const std::string replies =
        "-ERR unknown command `AUTH`, with args beginning with: `app`, `sesame`\r\n-NOAUTH "
        "sesame\r\n";
    CHECK_THROWS_WITH(connect(kLogin, replies),
                      Catch::Contains("***") && !Catch::Contains("sesame"));
}

TEST_CASE("a password that is a word's part mangles no text of the server", "[unit][redis]") {
    CHECK_THROWS_WITH(connect({{"password", "pass"}}, "-ERR invalid password\r\n-NOAUTH x\r\n"),
                      Catch::Contains("invalid password"));
}

TEST_CASE("a server that is not ready yet is worth trying again", "[unit][redis]") {
    const auto* const reply = GENERATE("-LOADING Redis is loading the dataset in memory\r\n",
                                       "-BUSY Redis is busy running a script\r\n",
                                       "-MASTERDOWN Link with MASTER is down\r\n",
                                       "-ERR max number of clients reached\r\n");
    CAPTURE(reply);
    try {
        connect({}, reply);
        FAIL("no error was thrown");
    } catch (const cistern::AuthError&) {
        FAIL("taken for a refused login");
    } catch (const cistern::ConnectError& error) {
        CHECK(error.is_transient());
    }
}

TEST_CASE("a server that speaks first and hangs up is heard", "[unit][redis]") {
    ScriptedIo io;
    io.will_connect()->sends("-ERR max number of clients reached\r\n").then_closes();
    CHECK_THROWS_WITH(RedisConnector{}.connect(io, config({}), io.clock().deadline_after(1s)),
                      Catch::Contains("max number of clients"));
}

TEST_CASE("a database that the server has not got is a ConfigError that names the setting",
          "[unit][redis]") {
    const std::string replies = "-ERR DB index is out of range\r\n+PONG\r\n";
    CHECK_THROWS_AS(connect({{"database", "99"}}, replies), cistern::ConfigError);
    CHECK_THROWS_WITH(connect({{"database", "99"}}, replies),
                      Catch::Contains("redis.database") && Catch::Contains("99"));
}

TEST_CASE("a connect ends by its deadline and in a connect's errors", "[unit][redis]") {
    ScriptedIo io;
    io.will_connect();  // and never answers
    CHECK_THROWS_AS(RedisConnector{}.connect(io, config({}), io.clock().deadline_after(1s)),
                    cistern::DeadlineExceeded);
    CHECK(io.clock().now() == 1s);

    io.will_connect()->read_fails_at(0);
    CHECK_THROWS_AS(RedisConnector{}.connect(io, config({}), io.clock().deadline_after(1s)),
                    cistern::ConnectError);
    CHECK_THROWS_AS(connect({}, "SSH-2.0-OpenSSH\r\n"), cistern::ProtocolError);
}

TEST_CASE("the limits of the settings are the session's", "[unit][redis]") {
    ScriptedIo io;
    const auto script = io.will_connect();
    script->answers([](std::string_view written) -> std::string {
        return written.find("PING") != std::string_view::npos ? "+PONG\r\n" : "*3\r\n";
    });
    const auto connection = RedisConnector{}.connect(
        io, config({{"max_reply_elements", "2"}}), io.clock().deadline_after(1s));
    CHECK_THROWS_WITH(
        dynamic_cast<redis::Session&>(*connection).command({"LRANGE", "l", "0", "-1"}, 1s),
        Catch::Contains("redis.max_reply_elements"));
}

TEST_CASE("settings that exclude each other or cannot be sent are refused before the first connect",
          "[unit][redis]") {
    const RedisConnector connector;
    CHECK_NOTHROW(connector.check(config({})));
    CHECK_NOTHROW(connector.check(config({{"unix_path", "/x"}})));
    CHECK_THROWS_AS(connector.check(config({{"unix_path", "/x"}, {"endpoint", "h:1"}})),
                    cistern::ConfigError);
    CHECK_THROWS_AS(connector.check(ConnectorConfig{"cache", {}}), cistern::ConfigError);
    CHECK_THROWS_WITH(connector.check(config({{"client_name", "two words"}})),
                      Catch::Contains("redis.client_name"));
    CHECK_THROWS_AS(connector.check(config({{"unix_path", std::string(108, 'p')}})),
                    cistern::ConfigError);
}

TEST_CASE("connections to the same server name the same endpoint", "[unit][redis]") {
    const RedisConnector connector;
    CHECK(connector.endpoint(config({})) == "db1:6379");
    CHECK(connector.endpoint(config({{"unix_path", "/x"}})) == "unix:/x");
    CHECK(*connector.session_type() == typeid(redis::Session));
}
