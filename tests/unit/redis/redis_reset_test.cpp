#include "redis_scene.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace std::chrono_literals;
using redis::Login;
using redis::test::Scene;

namespace {

Login full_login() {
    return {
        .user = "app", .password = cistern::Secret{"sesame"}, .database = 3, .client_name = "shop"};
}

const std::string kFullLogin =
    "*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$6\r\nsesame\r\n"
    "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$4\r\nshop\r\n"
    "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"
    "*1\r\n$4\r\nPING\r\n";

// Answers RESET and the login after it.
void answers_reset(Scene& scene) {
    scene.script->answers([](std::string_view written) -> std::string {
        return written.find("RESET") != std::string_view::npos ? "+RESET\r\n"
                                                               : "+OK\r\n+OK\r\n+OK\r\n+PONG\r\n";
    });
}

}  // namespace

TEST_CASE("a session that only ran plain commands needs no reset", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n");
    scene.session().command({"SET", "k", "v"}, 1s);
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("an open transaction is discarded, and its watched keys with it", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n");
    scene.session().command({"WATCH", "k"}, 1s);
    scene.session().command({"multi"}, 1s);
    CHECK(scene.connection->needs_reset());
    scene.written();
    scene.connection->reset(scene.soon());
    CHECK(scene.written() == "*1\r\n$7\r\nDISCARD\r\n");
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("watched keys are released", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n");
    scene.session().command({"WATCH", "k"}, 1s);
    scene.written();
    scene.connection->reset(scene.soon());
    CHECK(scene.written() == "*1\r\n$7\r\nUNWATCH\r\n");
}

TEST_CASE("another database and a transaction are undone in one round trip", "[unit][redis]") {
    Scene scene{full_login()};
    scene.answers("+OK\r\n");
    scene.session().command({"SELECT", "5"}, 1s);
    scene.session().command({"MULTI"}, 1s);
    scene.written();
    scene.answers("+OK\r\n+OK\r\n");
    scene.connection->reset(scene.soon());
    CHECK(scene.written() == "*1\r\n$7\r\nDISCARD\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n");
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("a pipeline's commands are followed as well", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n+QUEUED\r\n");
    scene.session().pipeline({{"MULTI"}, {"SET", "k", "v"}}, 1s);
    CHECK(scene.connection->needs_reset());
}

TEST_CASE("another user or name is undone by RESET and a new login", "[unit][redis]") {
    Scene scene{full_login()};
    scene.answers("+OK\r\n");
    scene.session().command({"AUTH", "other", "word"}, 1s);
    scene.written();
    answers_reset(scene);
    scene.connection->reset(scene.soon());
    CHECK(scene.written() == "*1\r\n$5\r\nRESET\r\n" + kFullLogin);
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("a subscription is undone though messages are still arriving", "[unit][redis]") {
    Scene scene{full_login()};
    scene.answers("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n");
    scene.session().command({"SUBSCRIBE", "a"}, 1s);
    CHECK(scene.connection->needs_reset());
    CHECK_FALSE(scene.connection->is_broken());
    scene.written();
    answers_reset(scene);
    scene.script->sends("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nm1\r\n");
    scene.connection->reset(scene.soon());
    CHECK(scene.written() == "*1\r\n$5\r\nRESET\r\n" + kFullLogin);
    CHECK_FALSE(scene.connection->needs_reset());
    CHECK_THROWS_WITH(scene.session().receive(1s), Catch::Contains("without a subscription"));
}

TEST_CASE("messages that the last user did not receive take no room from the next one",
          "[unit][redis]") {
    Scene scene{full_login(), {.bytes = 4096}};
    const std::string message =
        "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2000\r\n" + std::string(2000, 'x') + "\r\n";
    for (int user = 0; user < 3; ++user) {
        scene.answers("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n" + message);
        scene.session().command({"SUBSCRIBE", "a"}, 1s);
        scene.answers("+PONG\r\n");
        scene.session().command({"PING"}, 1s);
        answers_reset(scene);
        scene.connection->reset(scene.soon());
    }
    CHECK_FALSE(scene.connection->is_broken());
}

TEST_CASE("MONITOR is undone though its lines are still arriving", "[unit][redis]") {
    Scene scene{full_login()};
    scene.answers("+OK\r\n");
    scene.session().command({"MONITOR"}, 1s);
    answers_reset(scene);
    scene.script->sends("+1700000000.5 [0 127.0.0.1:1] \"PING\"\r\n");
    scene.connection->reset(scene.soon());
    CHECK_FALSE(scene.connection->needs_reset());
}

TEST_CASE("a server that cannot undo it loses the connection", "[unit][redis]") {
    Scene old{full_login()};
    old.answers("+OK\r\n");
    old.session().command({"CLIENT", "SETNAME", "x"}, 1s);
    old.answers("-ERR unknown command 'RESET'\r\n");
    CHECK_THROWS_WITH(old.connection->reset(old.soon()), Catch::Contains("Redis 6.2"));
    CHECK(old.connection->is_broken());

    Scene odd;
    odd.answers("+OK\r\n");
    odd.session().command({"MULTI"}, 1s);
    odd.answers("-ERR no\r\n");
    CHECK_THROWS_AS(odd.connection->reset(odd.soon()), cistern::Error);
    CHECK(odd.connection->is_broken());
}

TEST_CASE("a login that no longer works after RESET loses the connection", "[unit][redis]") {
    Scene scene{full_login()};
    scene.answers("+OK\r\n");
    scene.session().command({"CLIENT", "SETNAME", "x"}, 1s);
    scene.script->answers([](std::string_view written) -> std::string {
        return written.find("RESET") != std::string_view::npos
                   ? "+RESET\r\n"
                   : "-WRONGPASS no\r\n-NOAUTH x\r\n-NOAUTH x\r\n-NOAUTH x\r\n";
    });
    CHECK_THROWS_AS(scene.connection->reset(scene.soon()), cistern::AuthError);
}

TEST_CASE("a session after QUIT is broken", "[unit][redis]") {
    Scene scene;
    scene.answers("+OK\r\n");
    scene.session().command({"QUIT"}, 1s);
    CHECK(scene.connection->is_broken());
}
