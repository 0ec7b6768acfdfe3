#include "formatted_command.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using redis::FormattedCommand;

namespace {

std::string format(const std::vector<std::string_view>& argv) {
    return std::string{FormattedCommand{argv}.bytes()};
}

}  // namespace

TEST_CASE("a command is an array of strings with their lengths", "[unit][redis]") {
    CHECK(format({"SET", "key", ""}) == "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n");
}

TEST_CASE("no byte of an argument can end it or begin another command", "[unit][redis]") {
    const std::string value{"a\r\n*1\r\n$8\r\nFLUSHALL\r\n\0%s%b", 25};
    CHECK(format({"SET", "k", value}) == "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$25\r\n" + value + "\r\n");
}

TEST_CASE("an argument without memory of its own is an empty one", "[unit][redis]") {
    CHECK(format({"ECHO", std::string_view{}}) == "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n");
}

TEST_CASE("a command without a name is refused", "[unit][redis]") {
    CHECK_THROWS_AS(format({}), cistern::Error);
    CHECK_THROWS_AS(format({"", "x"}), cistern::Error);
}

TEST_CASE("a command larger than its length can be counted is refused", "[unit][redis]") {
    const std::string part(64 * 1024 * 1024, 'x');
    const std::vector<std::string_view> argv(20, part);
    CHECK_THROWS_WITH(format(argv), Catch::Contains("at most"));
}

TEST_CASE("a wiped command holds nothing of what it was", "[unit][redis]") {
    const std::vector<std::string_view> argv{"AUTH", "sesame"};
    FormattedCommand command{argv};
    command.wipe();
    CHECK(command.bytes().find("sesame") == std::string_view::npos);
}
