#include "io/io_text.hpp"

#include "io/socket_address.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <cerrno>

using Catch::Matchers::Contains;
using cistern::ConnectError;
using cistern::duration_text;
using cistern::error_number_text;
using cistern::unix_address;
using namespace std::chrono_literals;

TEST_CASE("durations are told with their unit, as short as they can be", "[unit][io]") {
    CHECK(duration_text(0ns) == "0 ms");
    CHECK(duration_text(1ns) == "0 ms");
    CHECK(duration_text(250ms) == "250 ms");
    CHECK(duration_text(999ms + 999us) == "1 s");
    CHECK(duration_text(2s) == "2 s");
    CHECK(duration_text(1500ms) == "1.5 s");
    CHECK(duration_text(61s) == "61 s");
}

TEST_CASE("system errors are told with their name", "[unit][io]") {
    CHECK(error_number_text(ECONNRESET) == "Connection reset by peer (ECONNRESET)");
    CHECK(error_number_text(123456) == "error 123456");
}

TEST_CASE("a Unix socket's path keeps to what the system can express", "[unit][io]") {
    CHECK(full_text(unix_address("/run/x.sock")) == "unix:/run/x.sock");
    CHECK(full_text(unix_address(std::string(107, 'x'))) == "unix:" + std::string(107, 'x'));

    CHECK_THROWS_AS(unix_address(""), ConnectError);
    CHECK_THROWS_AS(unix_address(std::string("a\0b", 3)), ConnectError);
    CHECK_THROWS_AS(unix_address(std::string(108, 'x')), ConnectError);
    CHECK_THROWS_WITH(unix_address(std::string(200, 'x')),
                      Contains("1 to 107 bytes") && Contains("has 200"));
}
