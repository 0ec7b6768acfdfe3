#include <config/properties_file.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using cistern::parse_properties;
using cistern::PropertiesFile;

namespace {

PropertiesFile parsed(std::string_view text) {
    return parse_properties(text, "a.properties");
}

// The one problem of `text`.
std::string problem_of(std::string_view text) {
    const auto file = parsed(text);
    REQUIRE(file.problems.size() == 1);
    return file.problems.front();
}

std::string value_of(std::string_view text) {
    const auto file = parsed(text);
    REQUIRE(file.problems.empty());
    REQUIRE(file.entries.size() == 1);
    return file.entries.front().value;
}

}  // namespace

TEST_CASE("properties keep the line each key begins on", "[unit][config]") {
    const auto file = parsed("# a comment\n! another\n\na = 1\n  b: 2\nc = x \\\n    y\nd=4\n");
    REQUIRE(file.problems.empty());
    REQUIRE(file.entries.size() == 4);
    CHECK(file.entries[0].line == 4);
    CHECK(file.entries[1].key == "b");
    CHECK(file.entries[1].value == "2");
    CHECK(file.entries[2].line == 6);
    CHECK(file.entries[2].value == "x y");
    CHECK(file.entries[3].line == 8);
    CHECK(file.origin(file.entries[3]) == "a.properties:8");
}

TEST_CASE("properties may end lines as any system does and start with a byte order mark",
          "[unit][config]") {
    const auto file = parsed(
        "\xEF\xBB\xBF"
        "a = 1\r\nb = 2\rc = 3\n");
    REQUIRE(file.problems.empty());
    REQUIRE(file.entries.size() == 3);
    CHECK(file.entries[0].key == "a");
    CHECK(file.entries[0].value == "1");
    CHECK(file.entries[2].line == 3);
}

TEST_CASE("a value keeps what follows its first separator", "[unit][config]") {
    CHECK(value_of("a = b=c:d") == "b=c:d");
    CHECK(value_of("a = jdbc:hive2://h:1/db;auth=noSasl") == "jdbc:hive2://h:1/db;auth=noSasl");
    CHECK(value_of("a = 1 # no comment") == "1 # no comment");
    CHECK(value_of("a =") == "");
    CHECK(value_of("a =  spaces around  ") == "spaces around");
    CHECK(value_of("a = escaped space\\ ") == "escaped space ");
}

TEST_CASE("escapes in properties are resolved", "[unit][config]") {
    CHECK(value_of(R"(a = c:\\dir)") == R"(c:\dir)");
    CHECK(value_of(R"(a = x\ty\nz)") == "x\ty\nz");
    CHECK(value_of(R"(a = \u00fc\uD83D\uDE00)") == "\xC3\xBC\xF0\x9F\x98\x80");
    CHECK(value_of(R"(a = ends in one \\)") == R"(ends in one \)");
    const auto file = parsed(R"(a\:b\=c = 1)");
    REQUIRE(file.entries.size() == 1);
    CHECK(file.entries.front().key == "a:b=c");
}

TEST_CASE("a backslash that means nothing is refused instead of dropped", "[unit][config]") {
    CHECK_THAT(problem_of(R"(a = c:\dir)"), Catch::Contains("a.properties:1: a backslash"));
    CHECK_THAT(problem_of(R"(a = \u12)"), Catch::Contains("four hexadecimal digits"));
    CHECK_THAT(problem_of(R"(a = \uD83D)"), Catch::Contains("four hexadecimal digits"));
    CHECK_THAT(problem_of(R"(a = \u0000)"), Catch::Contains("four hexadecimal digits"));
}

TEST_CASE("a key given twice is a problem that names both lines", "[unit][config]") {
    CHECK(problem_of("a = 1\nb = 2\na = 1\n") ==
          "a.properties:3: a: was given before, on line 1; keep one of the two");
}

TEST_CASE("a line that is no setting is reported without being shown", "[unit][config]") {
    const auto problem = problem_of("a = 1\nhunter2\n");
    CHECK_THAT(problem, Catch::Contains("a.properties:2: is no setting"));
    CHECK_THAT(problem, !Catch::Contains("hunter2"));
    CHECK_THAT(problem_of("= 1"), Catch::Contains("the key before the separator is missing"));
}

TEST_CASE("bytes that are no text are reported with their line", "[unit][config]") {
    CHECK_THAT(problem_of(std::string_view{"a = 1\nb = x\0y\n", 13}),
               Catch::Contains("a.properties:2: holds a control character (byte 0)"));
    CHECK_THAT(problem_of("a = 1\n\nb = \xFF\n"), Catch::Contains("a.properties:3: is not UTF-8"));
    CHECK_THAT(problem_of("# caf\xE9\n"), Catch::Contains("is not UTF-8"));
    CHECK_THAT(problem_of("a = \xC0\xAF\n"), Catch::Contains("is not UTF-8"));
    CHECK(value_of("a = \xE2\x82\xAC") == "\xE2\x82\xAC");
    CHECK_THAT(problem_of("a = \xE2\x82"), Catch::Contains("is not UTF-8"));
}

TEST_CASE("every problem of a properties file is found at once", "[unit][config]") {
    CHECK(parsed("x\na = 1\na = 2\nb = \\q\n= 3\n").problems.size() == 4);
}

TEST_CASE("a continuation at the end of the file ends with it", "[unit][config]") {
    CHECK(value_of("a = 1\\") == "1");
}
