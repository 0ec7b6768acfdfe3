#include "script.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace hive_query;

namespace {

class ScriptFile {
public:
    explicit ScriptFile(const std::string& text) {
        std::string name =
            (std::filesystem::temp_directory_path() / "cistern-script-XXXXXX").string();
        const int descriptor = ::mkstemp(name.data());
        REQUIRE(descriptor >= 0);
        ::close(descriptor);
        path = name;
        std::ofstream{path} << text;
    }
    ScriptFile(const ScriptFile&) = delete;
    ScriptFile& operator=(const ScriptFile&) = delete;
    ~ScriptFile() { std::filesystem::remove(path); }

    std::string path;
};

}  // namespace

TEST_CASE("statements of -e, -f and -i know where they come from", "[unit][hive_query]") {
    const ScriptFile file{"\nSELECT 1;\nSELECT 2;\n"};
    Options options;
    options.init_files = {file.path};
    options.statements = {"SELECT 3; SELECT 4"};
    const Script script = read_script(options);
    REQUIRE(script.init.size() == 2);
    CHECK(place_of(script.init[1]) == file.path + ":3: ");
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
    const ScriptFile file{"SELECT 1;\n!connect jdbc:hive2://x:1/\n"};
    Options options;
    options.files = {file.path};
    CHECK_THROWS_WITH(read_script(options), Catch::Contains(file.path + ":2: !connect"));
}

TEST_CASE("an unclosed quote is reported with file and line", "[unit][hive_query]") {
    const ScriptFile file{"SELECT 1;\nSELECT 'x;\n"};
    Options options;
    options.files = {file.path};
    CHECK_THROWS_AS(read_script(options), ScriptError);
    CHECK_THROWS_WITH(read_script(options), Catch::Contains(file.path + ":2: "));
}

TEST_CASE("a file that is not there is named", "[unit][hive_query]") {
    Options options;
    options.files = {"/nowhere/report.sql"};
    CHECK_THROWS_WITH(read_script(options), Catch::Contains("/nowhere/report.sql"));
}
