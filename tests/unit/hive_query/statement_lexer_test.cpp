#include "statement_lexer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace hive_query;

namespace {

std::vector<std::string> texts(std::string_view script) {
    std::vector<std::string> out;
    for (const Statement& statement : split_statements(script)) {
        out.push_back(statement.text);
    }
    return out;
}

std::vector<std::size_t> lines(std::string_view script) {
    std::vector<std::size_t> out;
    for (const Statement& statement : split_statements(script)) {
        out.push_back(statement.line);
    }
    return out;
}

using Texts = std::vector<std::string>;
using Lines = std::vector<std::size_t>;

std::size_t error_line(std::string_view script) {
    try {
        (void)split_statements(script);
    } catch (const LexError& error) {
        return error.line();
    }
    return 0;
}

}  // namespace

TEST_CASE("statements are split at semicolons, and empty ones left out", "[unit][hive_query]") {
    CHECK(texts("SELECT 1; SELECT 2") == Texts{"SELECT 1", "SELECT 2"});
    CHECK(texts(";; \n ; SELECT 1 ;;") == Texts{"SELECT 1"});
    CHECK(texts("").empty());
    CHECK(texts(" -- only a comment\n /* and another */ ;").empty());
}

TEST_CASE("a semicolon in quotes splits nothing", "[unit][hive_query]") {
    CHECK(texts("SELECT 'a;b', \"c;d\", `e;f`; SELECT 2") ==
          Texts{"SELECT 'a;b', \"c;d\", `e;f`", "SELECT 2"});
    CHECK(texts(R"(SELECT 'it\'s; one'; SELECT 2)") == Texts{R"(SELECT 'it\'s; one')", "SELECT 2"});
    CHECK(texts(R"(SELECT "a\"; b"; x)") == Texts{R"(SELECT "a\"; b")", "x"});
    CHECK(texts(R"(SELECT '\\'; SELECT 2)") == Texts{R"(SELECT '\\')", "SELECT 2"});
    CHECK(texts("SELECT 'it''s; one'; SELECT 2") == Texts{"SELECT 'it''s; one'", "SELECT 2"});
    CHECK(texts("SELECT `a\\`; SELECT 2") == Texts{"SELECT `a\\`", "SELECT 2"});
    CHECK(texts("SELECT '--;' ; SELECT '/*;' ") == Texts{"SELECT '--;'", "SELECT '/*;'"});
}

TEST_CASE("comments go, hints stay, and lines keep their numbers", "[unit][hive_query]") {
    CHECK(texts("SELECT 1 -- one; two\n+ 2; SELECT 3") == Texts{"SELECT 1 \n+ 2", "SELECT 3"});
    CHECK(texts("SELECT/* ; */1; SELECT 2") == Texts{"SELECT 1", "SELECT 2"});
    CHECK(texts("/* first\nsecond */ USE db") == Texts{"USE db"});
    CHECK(texts("SELECT /*+ MAPJOIN(a; b) */ 1") == Texts{"SELECT /*+ MAPJOIN(a; b) */ 1"});
    CHECK(texts("SELECT /* a\nb\n*/ 1") == Texts{"SELECT \n\n 1"});
    CHECK(texts("-- it's a comment\nSELECT 1") == Texts{"SELECT 1"});
    CHECK(texts("SELECT 1 -- the end") == Texts{"SELECT 1"});
    CHECK(texts("#!/usr/bin/env hive-query\nSELECT '#'") == Texts{"SELECT '#'"});
    CHECK(texts("SELECT 5 /**/ - /*/ x */ 3") == Texts{"SELECT 5   -   3"});
}

TEST_CASE("each statement knows the line it begins on", "[unit][hive_query]") {
    CHECK(lines("SELECT 1;\nSELECT\n2;\n\n-- x\n/* y\n */ SELECT 'a\nb'; SELECT 4;\nSELECT 5") ==
          Lines{1, 2, 7, 8, 9});
    CHECK(lines("\r\nSELECT 1;\r\nSELECT 2") == Lines{2, 3});
}

TEST_CASE("what is never closed is an error at the line where it was opened",
          "[unit][hive_query]") {
    CHECK(error_line("SELECT 1;\nSELECT 'abc;\nSELECT 2;\n") == 2);
    CHECK(error_line("\n\nSELECT \"x") == 3);
    CHECK(error_line("SELECT `x") == 1);
    CHECK(error_line("SELECT 1;\n/* never") == 2);
    CHECK(error_line("SELECT 'ends in a backslash\\") == 1);
    CHECK_THROWS_WITH(split_statements("SELECT 'x"), Catch::Contains("' is missing"));
}

TEST_CASE("commands of beeline are told from statements", "[unit][hive_query]") {
    const auto statements = split_statements("SELECT 1;\n!sh ls; pwd\nSELECT '!x'; !quit");
    REQUIRE(statements.size() == 4);
    CHECK(statements[1].is_command);
    CHECK(statements[1].text == "!sh ls; pwd");
    CHECK(statements[1].line == 2);
    CHECK_FALSE(statements[2].is_command);
    CHECK(statements[3].is_command);
    CHECK(statements[3].text == "!quit");
    CHECK_FALSE(split_statements("SELECT 1 != 2").front().is_command);
}

TEST_CASE("a byte order mark is no part of the first statement", "[unit][hive_query]") {
    CHECK(texts("\xEF\xBB\xBFSELECT 1") == Texts{"SELECT 1"});
}

TEST_CASE("what is typed is split as a script is, and says what it is in the middle of",
          "[unit][hive_query]") {
    const auto open = [](const char* text) { return split_typed(text).open; };
    CHECK(open("\n") == 0);
    CHECK(open("-- only a remark\n") == 0);
    CHECK(open("SELECT 1\n") == '-');
    CHECK(open("SELECT 'a;\n") == '\'');
    CHECK(open("SELECT \"a;\n") == '"');
    CHECK(open("SELECT `a;\n") == '`');
    CHECK(open("SELECT /* a;\n") == '*');
    CHECK(open("SELECT (1\n") == '(');
    CHECK(open("SELECT (1)\n") == '-');
    CHECK(open("SELECT (1;\n") == 0);
    CHECK(open("SELECT ')' (\n") == '(');

    const TypedSoFar typed = split_typed("SELECT 1; SELECT 2;\n SELECT '3\n");
    REQUIRE(typed.statements.size() == 2);
    CHECK(typed.statements[1].text == "SELECT 2");
    CHECK(typed.rest == "\n SELECT '3\n");
    CHECK(typed.open == '\'');

    const TypedSoFar command = split_typed("!tables\n");
    REQUIRE(command.statements.size() == 1);
    CHECK(command.statements[0].is_command);
    CHECK(command.open == 0);
}
