// The program that the README shows.

#include "process.hpp"
#include "support/line_server.hpp"
#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using cistern::test::LineServer;

namespace {

// Its patience is a reader's, not a busy test machine's.
Ended run_patiently(const Process::Texts& arguments, const Process::Texts& environment = {}) {
    Ended ended = run(HELLO, arguments, {}, environment);
    for (int tries = 1; tries < 10 && ended.status != 0; ++tries) {
        ended = run(HELLO, arguments, {}, environment);
    }
    return ended;
}

}  // namespace

TEST_CASE("hello prints what the server sends back", "[integration][programs]") {
    LineServer server;
    const cistern::test::TestFolder folder;
    const std::string conf =
        folder.write("cistern.properties",
                     "pools = echo\npool.echo.plugin = echo\npool.echo.echo.endpoint = 127.0.0.1:" +
                         std::to_string(server.port()) + "\n");
    const Ended ended = run_patiently({conf});
    CHECK(ended.errors.empty());
    CHECK(ended.out == "hello, pool\n");
    CHECK(ended.status == 0);
}

TEST_CASE("hello runs with the properties file that comes with cistern",
          "[integration][programs]") {
    LineServer server;
    const Ended ended = run_patiently(
        {CONF_FOLDER "/cistern.properties"},
        {"CISTERN_POOL_ECHO_ECHO_ENDPOINT=127.0.0.1:" + std::to_string(server.port())});
    CHECK(ended.out == "hello, pool\n");
}

TEST_CASE("hello says why it has nothing to print", "[integration][programs]") {
    const Ended ended = run(HELLO, {"/nowhere/cistern.properties"});
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors, Catch::StartsWith("hello: ") && Catch::Contains("/nowhere"));
}
