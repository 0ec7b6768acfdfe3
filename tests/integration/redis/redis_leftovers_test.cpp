#include "redis_pools.hpp"
#include "redis_server.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace cistern::test;

namespace {

// A server that wants a login, and one connection to it, so that the next borrower gets the same.
struct Scene {
    RedisServer server{{"--requirepass", "sesame"}};
    cistern::Runtime runtime = redis_runtime({{"endpoint", server.endpoint()},
                                              {"password", "sesame"},
                                              {"database", "2"},
                                              {"client_name", "shop"}},
                                             {{"max_size", "1"}});

    Scene() {
        server.log_in_with("AUTH sesame");
        auto session = borrow();
        session->command({"SET", "home", "here"}, 5s);
    }
    [[nodiscard]] cistern::Lease<redis::Session> borrow() { return cache(runtime).acquire(); }
};

// Everything the next borrower relies on.
void check_fresh(redis::Session& session) {
    CHECK(session.command({"GET", "home"}, 5s).text() == "here");
    CHECK(session.command({"SET", "k", "v"}, 5s).is_status("OK"));
    CHECK(session.command({"CLIENT", "GETNAME"}, 5s).text() == "shop");
    const auto info = session.command({"CLIENT", "INFO"}, 5s).text();
    CHECK(info.find(" db=2 ") != std::string::npos);
    CHECK(info.find(" multi=-1 ") != std::string::npos);
    CHECK(info.find(" sub=0 ") != std::string::npos);
    CHECK(info.find(" flags=N ") != std::string::npos);
}

// What it does counts, not what it answers.
void try_command(redis::Session& session, const redis::Command& command) {
    try {
        session.command(command, 5s);
    } catch (const redis::ServerError&) {
    }
}

std::int64_t id_of(redis::Session& session) {
    return session.command({"CLIENT", "ID"}, 5s).integer();
}

}  // namespace

TEST_CASE("what can be undone never reaches the next borrower of the same connection",
          "[integration][redis]") {
    const auto leave = GENERATE(values<std::vector<redis::Command>>({
        {{"MULTI"}, {"SET", "home", "elsewhere"}},
        {{"select", "5"}},
        {{"MULTI"}, {"SELECT", "5"}, {"EXEC"}},
        {{"Subscribe", "a", "b"}},
        {{"PSUBSCRIBE", "*"}},
        {{"MONITOR"}},
        {{"CLIENT", "SETNAME", "x"}},
        {{"AUTH", "default", "sesame"}},
        {{"RESET"}},
        {{"HELLO", "2"}},
        {{"WATCH", "home"}, {"multi"}, {"SELECT", "7"}, {"EXEC", "too", "many"}},
    }));
    CAPTURE(leave);
    Scene scene;
    std::int64_t id = 0;
    {
        auto session = scene.borrow();
        id = id_of(*session);
        for (const auto& command : leave) {
            try_command(*session, command);
        }
    }
    auto next = scene.borrow();
    check_fresh(*next);
    CHECK(id_of(*next) == id);
    CHECK(cache(scene.runtime).stats().opened == 1);
}

TEST_CASE("a transaction that a pipeline left open never reaches the next borrower",
          "[integration][redis]") {
    Scene scene;
    scene.borrow()->pipeline({{"multi"}, {"SET", "home", "elsewhere"}}, 5s);
    auto next = scene.borrow();
    check_fresh(*next);
    CHECK(cache(scene.runtime).stats().opened == 1);
}

TEST_CASE("keys that one borrower watched do not spoil the next one's transaction",
          "[integration][redis]") {
    Scene scene;
    scene.borrow()->command({"WATCH", "home"}, 5s);
    auto next = scene.borrow();
    static_cast<void>(scene.server.ask("SELECT 2\r\nSET home here"));
    next->command({"MULTI"}, 5s);
    next->command({"GET", "home"}, 5s);
    CHECK_FALSE(next->command({"EXEC"}, 5s).is_nil());
}

TEST_CASE("a subscriber's messages never reach the next borrower", "[integration][redis]") {
    Scene scene;
    {
        auto session = scene.borrow();
        session->command({"SUBSCRIBE", "news"}, 5s);
        static_cast<void>(scene.server.ask("PUBLISH news one\r\nPUBLISH news two"));
    }
    auto next = scene.borrow();
    static_cast<void>(scene.server.ask("PUBLISH news three"));
    check_fresh(*next);
}

TEST_CASE("what cannot be undone closes the connection", "[integration][redis]") {
    Scene scene;
    const auto leave = GENERATE(values<redis::Command>(
        {{"QUIT"}, {"SCRIPT", "DEBUG", "YES"}, {"CLIENT", "NO-EVICT", "ON"}}));
    CAPTURE(leave.front());
    scene.borrow()->command(leave, 5s);
    auto next = scene.borrow();
    check_fresh(*next);
    CHECK(cache(scene.runtime).stats().opened == 2);
}

TEST_CASE("a connection whose reply was not waited for is not lent again", "[integration][redis]") {
    Scene scene;
    {
        auto session = scene.borrow();
        session->command({"SET", "other", "secret of the first borrower"}, 5s);
        scene.server.freeze();
        CHECK_THROWS_AS(session->command({"GET", "other"}, 50ms), cistern::DeadlineExceeded);
        scene.server.thaw();
    }
    auto next = scene.borrow();
    check_fresh(*next);
}
