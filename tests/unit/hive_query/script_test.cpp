#include "script.hpp"

#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace hive_query;

TEST_CASE("statements of -e, -f and -i know where they come from", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    const auto file = folder.write("statements.sql", "\nSELECT 1;\nSELECT 2;\n").string();
    Options options;
    options.init_files = {file};
    options.statements = {"SELECT 3; SELECT 4"};
    const Script script = read_script(options);
    REQUIRE(script.init.size() == 2);
    CHECK(place_of(script.init[1]) == file + ":3: ");
    REQUIRE(script.statements.size() == 2);
    CHECK(place_of(script.statements[0]).empty());

    options.statements = {"SELECT 3", "SELECT 4"};
    CHECK(place_of(read_script(options).statements[1]) == "-e #2:1: ");
}

TEST_CASE("!quit ends a script", "[unit][hive_query]") {
    Options options;
    options.statements = {"SELECT 1;\n!quit\nSELECT 2"};
    CHECK(read_script(options).statements.size() == 1);
    options.statements = {"SELECT 1; exit; SELECT 2"};
    CHECK(read_script(options).statements.size() == 1);
}

TEST_CASE("other commands of beeline are refused by name and line", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    const auto file =
        folder.write("statements.sql", "SELECT 1;\n!connect jdbc:hive2://x:1/\n").string();
    Options options;
    options.files = {file};
    CHECK_THROWS_WITH(read_script(options),
                      Catch::Contains(file + ":2: !connect works at the prompt only"));
    options.files = {folder.write("wrong.sql", "!tabels\n").string()};
    CHECK_THROWS_WITH(read_script(options), Catch::Contains("did you mean !tables?"));
}

TEST_CASE("an unclosed quote is reported with file and line", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    const auto file = folder.write("statements.sql", "SELECT 1;\nSELECT 'x;\n").string();
    Options options;
    options.files = {file};
    CHECK_THROWS_AS(read_script(options), ScriptError);
    CHECK_THROWS_WITH(read_script(options), Catch::Contains(file + ":2: "));
}

TEST_CASE("a file that is not there is named", "[unit][hive_query]") {
    Options options;
    options.files = {"/nowhere/report.sql"};
    CHECK_THROWS_WITH(read_script(options), Catch::Contains("/nowhere/report.sql"));
}
