#include "redis_connection.hpp"

#include "redis_scene.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using cistern::DeadlineExceeded;
using cistern::IoError;
using cistern::ProtocolError;
using redis::Reply;
using redis::test::Scene;

namespace {

template <class Call>
cistern::ErrorTraits traits_of(Call call) {
    try {
        call();
    } catch (const cistern::Error& error) {
        return error.traits();
    }
    FAIL("no error was thrown");
    return {};
}

}  // namespace

TEST_CASE("a command's reply comes back as the server typed it", "[unit][redis]") {
    Scene scene;
    scene.answers(":3\r\n");
    CHECK(scene.session().command({"INCR", "k"}, 1s).integer() == 3);
    CHECK(scene.written() == "*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n");
}

TEST_CASE("a command may be given as a vector of strings too", "[unit][redis]") {
    Scene scene;
    scene.answers("$-1\r\n");
    const redis::Command get{"GET", "k"};
    CHECK(scene.session().command(get, 1s).is_nil());
}

TEST_CASE("an error reply is thrown by command() and the session survives", "[unit][redis]") {
    Scene scene;
    scene.answers("-WRONGTYPE Operation against a key\r\n");
    CHECK_THROWS_AS(scene.session().command({"LPUSH", "k", "v"}, 1s), redis::ServerError);
    CHECK_FALSE(scene.connection->is_broken());
    scene.answers("+OK\r\n");
    CHECK(scene.session().command({"SET", "k", "v"}, 1s).is_status("OK"));
}

TEST_CASE("a pipeline is one write and its error replies stay in their place", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n-ERR bad\r\n:1\r\n");
    const auto replies = scene.session().pipeline({{"SET", "k", "v"}, {"BAD"}, {"INCR", "n"}}, 1s);
    REQUIRE(replies.size() == 3);
    CHECK(replies[0].is_status("OK"));
    CHECK(replies[1].error_code() == "ERR");
    CHECK(replies[2].integer() == 1);
    CHECK(scene.script->writes().size() == 1);
}

TEST_CASE("a pipeline without commands sends nothing", "[unit][redis]") {
    Scene scene;
    CHECK(scene.session().pipeline({}, 1s).empty());
    CHECK(scene.script->written().empty());
}

TEST_CASE("a reply nobody asked for loses the session before the next command is sent",
          "[unit][redis]") {
    Scene scene;
    scene.script->sends("+surprise\r\n");
    CHECK_THROWS_AS(scene.session().command({"GET", "k"}, 1s), ProtocolError);
    CHECK(scene.script->written().empty());
}

TEST_CASE("one reply too many loses the session", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n+OK\r\n");
    CHECK_THROWS_AS(scene.session().command({"SET", "k", "v"}, 1s), ProtocolError);
    CHECK(scene.connection->is_broken());
    CHECK_THROWS_AS(scene.session().command({"GET", "k"}, 1s), IoError);
}

TEST_CASE("a reply that cannot be read loses the session and names the server", "[unit][redis]") {
    Scene scene;
    scene.answers("HTTP/1.1 400 Bad Request\r\n");
    CHECK_THROWS_WITH(scene.session().command({"GET", "k"}, 1s), Catch::Contains("db1:6379"));
    CHECK(scene.connection->is_broken());
}

TEST_CASE("a command ends by its timeout though the server drips", "[unit][redis]") {
    Scene scene;
    scene.answers("$20\r\nabcdefghijklmnopqrst\r\n");
    scene.script->in_chunks_of(1).each_call_takes(100ms);
    CHECK_THROWS_AS(scene.session().command({"BLPOP", "list", "0"}, 1s), DeadlineExceeded);
    CHECK(scene.script->clock().now() == 1s);
    CHECK(scene.connection->is_broken());
}

TEST_CASE("an answer that never comes leaves the outcome unknown", "[unit][redis]") {
    Scene closes;
    closes.script->answers([&](std::string_view) {
        closes.script->then_closes();
        return "";
    });
    Scene fails;
    fails.script->read_fails_at(0);
    for (auto* scene : {&closes, &fails}) {
        const auto traits = traits_of([&] { scene->session().command({"INCR", "k"}, 1s); });
        CHECK(traits.outcome_unknown);
        CHECK(traits.breaks_connection);
        CHECK(scene->connection->is_broken());
    }
}

TEST_CASE("a command that did not leave whole was certainly not done", "[unit][redis]") {
    Scene scene;
    scene.script->write_fails_at(5);
    CHECK_FALSE(traits_of([&] { scene.session().command({"INCR", "k"}, 1s); }).outcome_unknown);
}

TEST_CASE("a pipeline that did not leave whole may have been done in part", "[unit][redis]") {
    Scene scene;
    scene.script->write_fails_at(30);
    CHECK(traits_of([&] {
              scene.session().pipeline({{"INCR", "k"}, {"INCR", "k"}}, 1s);
          }).outcome_unknown);
}

TEST_CASE("a server that hung up while the session was idle is noticed before anything is sent",
          "[unit][redis]") {
    Scene scene;
    scene.script->then_closes();
    const auto traits = traits_of([&] { scene.session().command({"INCR", "k"}, 1s); });
    CHECK_FALSE(traits.outcome_unknown);
    CHECK(traits.is_transient);
    CHECK(scene.script->written().empty());
}

TEST_CASE("commands that would hide or change replies are refused and not sent", "[unit][redis]") {
    Scene scene;
    CHECK_THROWS_AS(scene.session().command({"CLIENT", "REPLY", "OFF"}, 1s), cistern::Error);
    CHECK_THROWS_AS(scene.session().command({"hello", "3"}, 1s), cistern::Error);
    CHECK_THROWS_AS(scene.session().pipeline({{"PING"}, {"CLIENT", "REPLY", "SKIP"}}, 1s),
                    cistern::Error);
    CHECK_THROWS_AS(scene.session().pipeline({{"SUBSCRIBE", "c"}}, 1s), cistern::Error);
    CHECK(scene.script->written().empty());
    CHECK_FALSE(scene.connection->is_broken());
}

TEST_CASE("an empty command is refused and not sent", "[unit][redis]") {
    Scene scene;
    CHECK_THROWS_AS(scene.session().command(redis::Command{}, 1s), cistern::Error);
    CHECK_THROWS_AS(scene.session().pipeline({{}}, 1s), cistern::Error);
    CHECK(scene.script->written().empty());
}

TEST_CASE("messages that overtake an answer are kept for receive()", "[unit][redis]") {
    Scene scene;
    scene.answers(
        "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
        "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nm1\r\n"
        "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
        "*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$2\r\nm2\r\n");
    const auto last = scene.session().command({"SUBSCRIBE", "a", "b"}, 1s);
    CHECK(last.elements()[1].text() == "b");
    CHECK(scene.session().receive(1s).elements()[2].text() == "m1");
    CHECK(scene.session().receive(1s).elements()[2].text() == "m2");
    CHECK_THROWS_AS(scene.session().receive(1s), DeadlineExceeded);
}

TEST_CASE("messages that nobody receives are kept up to the largest reply's size",
          "[unit][redis]") {
    Scene scene{{}, {.bytes = 4096}};
    scene.answers("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    scene.session().command({"SUBSCRIBE", "a"}, 1s);
    const std::string message =
        "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1000\r\n" + std::string(1000, 'x') + "\r\n";
    scene.answers(message + message + "+PONG\r\n");
    CHECK(scene.session().command({"PING"}, 1s).is_status("PONG"));
    SECTION("what is received makes room") {
        CHECK(scene.session().receive(1s).elements()[2].text().size() == 1000);
        CHECK(scene.session().receive(1s).elements()[2].text().size() == 1000);
        CHECK(scene.session().command({"PING"}, 1s).is_status("PONG"));
        CHECK_FALSE(scene.connection->is_broken());
    }
    SECTION("one too many loses the session") {
        CHECK_THROWS_WITH(scene.session().command({"PING"}, 1s),
                          Catch::Contains("redis.max_reply_bytes"));
        CHECK(scene.connection->is_broken());
    }
    SECTION("small parts count as well") {
        std::string parts = "*103\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n";
        for (int part = 0; part < 100; ++part) {
            parts += "$-1\r\n";
        }
        scene.answers(parts + "+PONG\r\n");
        CHECK_THROWS_AS(scene.session().command({"PING"}, 1s), ProtocolError);
    }
}

TEST_CASE("subscribing inside MULTI is refused and not sent, as its replies cannot be counted",
          "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n");
    scene.session().command({"MULTI"}, 1s);
    scene.written();
    CHECK_THROWS_WITH(scene.session().command({"SUBSCRIBE", "a", "b"}, 1s),
                      Catch::Contains("MULTI"));
    CHECK_THROWS_AS(scene.session().command({"punsubscribe", "a"}, 1s), cistern::Error);
    CHECK(scene.written().empty());
    CHECK_FALSE(scene.connection->is_broken());
}

TEST_CASE("receive() without a subscription is refused", "[unit][redis]") {
    Scene scene;
    CHECK_THROWS_WITH(scene.session().receive(1s), Catch::Contains("SUBSCRIBE"));
    CHECK_FALSE(scene.connection->is_broken());
}

TEST_CASE("an error to a command that held a password is not repeated", "[unit][redis]") {
    Scene scene;
    scene.answers("-ERR unknown command 'AUTH', with args beginning with: 'sesame'\r\n");
    CHECK_THROWS_WITH(scene.session().command({"auth", "sesame"}, 1s),
                      Catch::StartsWith("ERR") && !Catch::Contains("sesame"));
}

TEST_CASE("a pipeline repeats no more of such an error than command() does", "[unit][redis]") {
    Scene scene;
    scene.answers(
        "-ERR unknown command 'AUTH', with args beginning with: 'sesame'\r\n"
        "-ERR Invalid argument 'sesame' for CONFIG SET 'requirepass'\r\n"
        "-cannot say sesame\r\n"
        "-ERR unknown command 'GETT', with args beginning with: 'k'\r\n");
    const auto replies = scene.session().pipeline({{"AUTH", "sesame"},
                                                   {"config", "set", "requirepass", "sesame"},
                                                   {"ACL", "SETUSER", "app", ">sesame"},
                                                   {"GETT", "k"}},
                                                  1s);
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        CHECK(replies[i].is_error());
        CHECK_THAT(std::string{replies[i].error_message()}, !Catch::Contains("sesame"));
        CHECK(replies[i].error_code() == (i == 2 ? "" : "ERR"));
    }
    CHECK_THAT(std::string{replies[3].error_message()}, Catch::Contains("GETT"));
}

TEST_CASE("validate sends PING and accepts PONG alone", "[unit][redis]") {
    Scene well;
    well.answers("+PONG\r\n");
    CHECK_NOTHROW(well.connection->validate(well.soon()));
    CHECK(well.written() == "*1\r\n$4\r\nPING\r\n");

    for (const auto* reply :
         {"+OK\r\n", "$4\r\nPONG\r\n", "-LOADING x\r\n", "-NOAUTH x\r\n", "+PONG!\r\n"}) {
        CAPTURE(reply);
        Scene ill;
        ill.answers(reply);
        CHECK_THROWS_AS(ill.connection->validate(ill.soon()), cistern::Error);
    }
}
