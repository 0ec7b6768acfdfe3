#include "echo_setup.hpp"

#include <catch2/catch.hpp>

#include <stdlib.h>

using namespace cistern;
using namespace cistern::test;

namespace {

std::string echo_properties(LineServer& server) {
    return std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
           "\npools = echo\npool.echo.plugin = echo\npool.echo.max_size = 2\n"
           "pool.echo.echo.endpoint = " +
           to_string(server.endpoint()) + '\n';
}

}  // namespace

TEST_CASE("a list of endpoints in a file is connected to, the first that works", "[integration]") {
    LineServer server;
    const TestFolder folder;
    const auto place = to_string(server.endpoint());
    auto runtime = Runtime::from_file(
        folder.write("app.properties",
                     std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
                         "\npools = echo\npool.echo.plugin = echo\npool.echo.endpoints = "
                         "127.0.0.1:1, " +
                         place + '\n'));
    auto& pool = runtime.pool<echo::Session>("echo");
    pool.acquire(5s).release();
    const auto endpoints = pool.stats().endpoints;
    REQUIRE(endpoints.size() == 2);
    CHECK(endpoints[0].circuit.endpoint == "127.0.0.1:1");
    CHECK(endpoints[0].circuit.state != CircuitState::kClosed);
    CHECK(endpoints[1].circuit.endpoint == place);
    CHECK(endpoints[1].total == 1);
}

TEST_CASE("a session is borrowed from a pool that a properties file describes", "[integration]") {
    LineServer server;
    const TestFolder folder;
    auto runtime = Runtime::from_file(folder.write("app.properties", echo_properties(server)));
    auto& pool = runtime.pool<echo::Session>("echo");

    auto session = pool.acquire(5s);
    CHECK(session->echo("hello, pool", 5s) == "hello, pool");
    CHECK(pool.stats().max_size == 2);
    CHECK(pool.stats().lent == 1);
    session.release();
    CHECK(pool.stats().total == 1);
    CHECK(runtime.pool_names() == std::vector<std::string>{"echo"});
}

TEST_CASE("a pool described in code works like one from a file", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    CHECK(runtime.pool<echo::Session>("echo").acquire(5s)->echo("x", 5s) == "x");
}

TEST_CASE("a plugin's own file holds defaults for every pool that uses it", "[integration]") {
    LineServer server;
    const TestFolder folder;
    folder.write("plugins/echo.properties", "endpoint = " + to_string(server.endpoint()) + '\n');
    const auto file =
        folder.write("app.properties",
                     std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
                         "\npools = a, b\npool.a.plugin = echo\npool.b.plugin = echo\n");
    auto runtime = Runtime::from_file(file);
    CHECK(runtime.pool<echo::Session>("a").acquire(5s)->echo("a", 5s) == "a");
    CHECK(runtime.pool<echo::Session>("b").acquire(5s)->echo("b", 5s) == "b");
}

TEST_CASE("the environment wins over files", "[integration]") {
    LineServer server;
    const TestFolder folder;
    const auto file = folder.write("app.properties", echo_properties(server));
    ::setenv("CISTERN_POOL_ECHO_MAX_SIZE", "7", 1);
    auto runtime = Runtime::from_file(file);
    ::unsetenv("CISTERN_POOL_ECHO_MAX_SIZE");
    CHECK(runtime.pool<echo::Session>("echo").stats().max_size == 7);
}

TEST_CASE("connections are kept and lent again", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    auto& pool = runtime.pool<echo::Session>("echo");
    for (int i = 0; i < 50; ++i) {
        CHECK(pool.acquire(5s)->echo("again", 5s) == "again");
    }
    CHECK(pool.stats().opened == 1);
    CHECK(pool.stats().acquired == 50);
}

TEST_CASE("warm-up opens the connections that min_idle asks for", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server, {{"min_idle", "3"}}));
    runtime.warm_up(5s);
    CHECK(runtime.pool<echo::Session>("echo").stats().idle == 3);
}

TEST_CASE("a lease left by an exception is not lent again", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    auto& pool = runtime.pool<echo::Session>("echo");
    const auto fail = [&] {
        auto session = pool.acquire(5s);
        throw std::runtime_error{"the caller's own trouble"};
    };
    CHECK_THROWS_WITH(fail(), "the caller's own trouble");
    CHECK(pool.acquire(5s)->echo("fresh", 5s) == "fresh");
    CHECK(pool.stats().opened == 2);
}
