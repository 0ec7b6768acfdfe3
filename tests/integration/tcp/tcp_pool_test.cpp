#include "support/line_server.hpp"
#include "support/many_askers.hpp"

#include <cistern/error.hpp>
#include <cistern/runtime.hpp>
#include <cistern/tcp/session.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using cistern::test::LineServer;
using cistern::test::wrong_answers;

namespace {

using Texts = std::map<std::string, std::string>;

cistern::Runtime runtime_with(Texts settings, Texts options = {}) {
    cistern::RuntimeSpec spec;
    spec.pools.push_back({.name = "lines",
                          .plugin = "tcp",
                          .options = std::move(options),
                          .settings = std::move(settings)});
    return cistern::Runtime::from_spec(std::move(spec));
}

cistern::Pool<tcp::Session>& lines(cistern::Runtime& runtime) {
    return runtime.pool<tcp::Session>("lines");
}

std::string ask(tcp::Session& session, const std::string& line) {
    session.write(line + '\n', 5s);
    return session.read_line(5s);
}

std::optional<std::string> silence(const std::string& /*line*/) {
    return "";
}

}  // namespace

TEST_CASE("a pooled session exchanges lines over TCP", "[integration][tcp]") {
    LineServer server;
    auto runtime = runtime_with({{"endpoint", to_string(server.endpoint())}});
    CHECK(ask(*lines(runtime).acquire(), "hello") == "hello");
    CHECK(ask(*lines(runtime).acquire(), "again") == "again");
    CHECK(server.server().accepted() == 1);
}

TEST_CASE("a flush of an endpoint reaches all pools that connect to it, and no other",
          "[integration][tcp]") {
    LineServer server;
    LineServer other;
    cistern::RuntimeSpec spec;
    for (const auto* name : {"a", "b", "c"}) {
        auto& its = std::string{name} == "c" ? other : server;
        spec.pools.push_back(
            {.name = name, .plugin = "tcp", .settings = {{"endpoint", to_string(its.endpoint())}}});
    }
    auto runtime = cistern::Runtime::from_spec(std::move(spec));
    const auto use = [&](const char* name) {
        auto& pool = runtime.pool<tcp::Session>(name);
        CHECK(ask(*pool.acquire(), "hello") == "hello");
        return pool.stats().opened;
    };
    for (const auto* name : {"a", "b", "c"}) {
        CHECK(use(name) == 1);
    }
    CHECK(runtime.pool<tcp::Session>("a").stats().circuit.endpoint == to_string(server.endpoint()));
    runtime.flush_endpoint(to_string(server.endpoint()));
    CHECK(use("a") == 2);
    CHECK(use("b") == 2);
    CHECK(use("c") == 1);
    CHECK_THROWS_WITH(runtime.flush_endpoint(to_string(server.endpoint()) + "0"),
                      Catch::Contains("no pool connects to the endpoint") &&
                          Catch::Contains(to_string(server.endpoint())));
}

TEST_CASE("a pooled session exchanges lines over a Unix socket", "[integration][tcp]") {
    const auto path = "/tmp/cistern-tcp-" + std::to_string(::getpid()) + ".sock";
    {
        LineServer server{LineServer::AtPath{path}};
        auto runtime = runtime_with({{"unix_path", path}});
        auto session = lines(runtime).acquire();
        CHECK(ask(*session, "hello") == "hello");
        CHECK(session->peer() == "unix:" + path);
    }
    std::remove(path.c_str());
}

TEST_CASE("eight threads over three connections never get each other's lines",
          "[integration][tcp]") {
    LineServer server;
    auto runtime = runtime_with({{"endpoint", to_string(server.endpoint())}}, {{"max_size", "3"}});
    CHECK(wrong_answers(lines(runtime), 8, 100, ask) == 0);
    CHECK(server.server().accepted() <= 3);
}

TEST_CASE("a session with an unread line is not lent again", "[integration][tcp]") {
    LineServer server{[](const std::string& line) { return line + "\nand more\n"; }};
    auto runtime = runtime_with({{"endpoint", to_string(server.endpoint())}}, {{"max_size", "1"}});
    CHECK(ask(*lines(runtime).acquire(), "one") == "one");
    CHECK(ask(*lines(runtime).acquire(5s), "two") == "two");
    CHECK(lines(runtime).stats().opened == 2);
}

TEST_CASE("a session that owes an answer is not lent again, unless it is one-way",
          "[integration][tcp]") {
    LineServer server{silence};
    const bool one_way = GENERATE(false, true);
    auto runtime = runtime_with(
        {{"endpoint", to_string(server.endpoint())}, {"one_way", one_way ? "true" : "false"}},
        {{"max_size", "1"}});
    lines(runtime).acquire()->write("event\n", 5s);
    lines(runtime).acquire(5s)->write("event\n", 5s);
    CHECK(lines(runtime).stats().opened == (one_way ? 1U : 2U));
}

TEST_CASE("sessions that the server closed while idle cost no error", "[integration][tcp]") {
    LineServer server;
    auto runtime = runtime_with({{"endpoint", to_string(server.endpoint())}}, {{"max_size", "2"}});
    for (int i = 0; i < 20; ++i) {
        CHECK(ask(*lines(runtime).acquire(5s), "hello") == "hello");
        if (i % 2 == 0) {
            server.server().end_all();
        } else {
            server.server().reset_all();
        }
        REQUIRE(server.server().wait_for_open(0));
    }
}

TEST_CASE("a read from a silent server ends by its timeout and loses the connection",
          "[integration][tcp]") {
    LineServer server{silence};
    auto runtime = runtime_with({{"endpoint", to_string(server.endpoint())}}, {{"max_size", "1"}});
    {
        auto session = lines(runtime).acquire();
        session->write("anybody?\n", 5s);
        CHECK_THROWS_AS(session->read_line(50ms), cistern::DeadlineExceeded);
        CHECK_THROWS_AS(session->write("more\n", 5s), cistern::IoError);
    }
    static_cast<void>(lines(runtime).acquire(5s));
    CHECK(lines(runtime).stats().opened == 2);
}

TEST_CASE("a place where nobody listens is named in the error", "[integration][tcp]") {
    LineServer server;
    server.server().stop_listening();
    const auto place = to_string(server.endpoint());
    auto runtime = runtime_with({{"endpoint", place}});
    CHECK_THROWS_WITH(lines(runtime).acquire(5s), Catch::Contains(place));
}
