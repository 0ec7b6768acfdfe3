#include "echo_setup.hpp"

#include <cistern/tcp/session.hpp>

#include <catch2/catch.hpp>

using namespace cistern;
using namespace cistern::test;
using Catch::Matchers::Contains;

namespace {

std::string start_error(const std::filesystem::path& file) {
    try {
        (void)Runtime::from_file(file);
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("every problem is told at once, with its line and the right spelling", "[integration]") {
    const TestFolder folder;
    const auto file = folder.write("app.properties",
                                   std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
                                       "\npools = echo\npool.echo.plugin = echo\n"
                                       "pool.echo.max_sise = 3\n"
                                       "pool.echo.min_idle = many\n"
                                       "pool.echo.echo.endpont = 127.0.0.1:1\n");
    const auto text = start_error(file);
    CHECK_THAT(text, Contains("app.properties:4") && Contains("pool.echo.max_size"));
    CHECK_THAT(text, Contains("app.properties:5") && Contains("many"));
    CHECK_THAT(text, Contains("app.properties:6") && Contains("pool.echo.echo.endpoint"));
    CHECK(check_config(file).size() == 3);
}

TEST_CASE("what only its plugin can judge about an option is told with the option's line",
          "[integration]") {
    const TestFolder folder;
    const auto file = folder.write("app.properties",
                                   std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
                                       "\npools = echo\npool.echo.plugin = echo\n"
                                       "pool.echo.echo.endpoint = 127.0.0.1:1\n"
                                       "pool.echo.match_by = endpont\n");
    CHECK_THAT(start_error(file), Contains("app.properties:5: pool.echo.match_by = \"endpont\""));
}

TEST_CASE("what contradicts a list of endpoints is told with its line", "[integration]") {
    const TestFolder folder;
    const auto file = folder.write("app.properties",
                                   std::string{"plugins.dir = "} + CISTERN_TEST_PLUGINS +
                                       "\npools = a, b\npool.a.plugin = tcp\npool.b.plugin = tcp\n"
                                       "pool.a.endpoints = db1:1, db2:1\n"
                                       "pool.a.match_by = endpoint\n"
                                       "pool.b.endpoints = db1:1, db2:1\n"
                                       "pool.b.tcp.unix_path = /run/x.sock\n");
    const auto text = start_error(file);
    CHECK_THAT(text,
               Contains("app.properties:6: pool.a.match_by = \"endpoint\": must be another setting "
                        "with endpoints") &&
                   Contains("app.properties:5"));
    CHECK_THAT(text,
               Contains("app.properties:7: pool.b.endpoints: contradicts pool.b.tcp.unix_path") &&
                   Contains("app.properties:8"));
}

TEST_CASE("a backend whose library the program is not linked with is refused by name",
          "[integration]") {
    LineServer server;
    CHECK_THROWS_WITH(Runtime::from_spec(echo_spec(server, {{"backend", "fiber"}})),
                      Contains("pool.echo.backend") && Contains("thread"));
}

TEST_CASE("a plugin that is not there is named, with the folders that were searched",
          "[integration]") {
    const RuntimeSpec spec{.plugin_dirs = {CISTERN_TEST_PLUGINS},
                           .pools = {{.name = "a", .plugin = "ecko"}}};
    CHECK_THROWS_AS(Runtime::from_spec(spec), PluginError);
    CHECK_THROWS_WITH(Runtime::from_spec(spec),
                      Contains("ecko") && Contains("echo") && Contains(CISTERN_TEST_PLUGINS));
}

TEST_CASE("a pool that is not there is answered with the nearest one", "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    CHECK_THROWS_WITH(runtime.pool<echo::Session>("ecoh"), Contains("ecoh") && Contains("echo"));
}

TEST_CASE("a pool asked for with another session than its plugin offers is refused",
          "[integration]") {
    LineServer server;
    auto runtime = Runtime::from_spec(echo_spec(server));
    // The interface is checked when it is asked for or at the first connection, whichever knows
    // first.
    const auto borrow = [&] { (void)runtime.pool<tcp::Session>("echo").acquire(5s); };
    CHECK_THROWS_AS(borrow(), ConfigError);
    CHECK_THROWS_WITH(borrow(), Contains("tcp::Session") && Contains("echo"));
}

TEST_CASE("nobody listening is told with the address, within the caller's time", "[integration]") {
    const RuntimeSpec spec{.plugin_dirs = {CISTERN_TEST_PLUGINS},
                           .pools = {{.name = "echo",
                                      .plugin = "echo",
                                      .options = {{"retry.max_attempts", "1"}},
                                      .settings = {{"endpoint", "127.0.0.1:1"}}}}};
    auto runtime = Runtime::from_spec(spec);
    CHECK_THROWS_WITH(runtime.pool<echo::Session>("echo").acquire(5s), Contains("127.0.0.1:1"));
}
