#include "password.hpp"

#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using cistern::test::TestFolder;
using namespace hive_query;

namespace {

std::vector<std::string> warnings;
void remember(const std::string& text) {
    warnings.push_back(text);
}

std::string file_password(const std::string& text) {
    const TestFolder folder;
    const auto file = folder.write("password", text);
    return std::string{read_password_file(file.string(), remember).reveal()};
}

}  // namespace

TEST_CASE("a password file is read without its line end", "[unit][hive_query]") {
    warnings.clear();
    CHECK(file_password("secret\n") == "secret");
    CHECK(file_password("secret\r\n") == "secret");
    CHECK(file_password("secret") == "secret");
    CHECK(file_password(" two\nlines\n") == " two\nlines");
    CHECK(file_password("").empty());
    CHECK(warnings.empty());
}

TEST_CASE("a password file that others can read is warned of", "[unit][hive_query]") {
    warnings.clear();
    const TestFolder folder;
    const auto file = folder.write("password", "secret\n");
    std::filesystem::permissions(
        file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    CHECK(read_password_file(file.string(), remember).reveal() == "secret");
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings.front(), Catch::Contains("chmod 600"));
    CHECK_THAT(warnings.front(), !Catch::Contains("secret"));
}

TEST_CASE("a password file that cannot be read stops the program", "[unit][hive_query]") {
    CHECK_THROWS_AS(read_password_file("/nowhere/at/all", remember), UsageError);
    CHECK_THROWS_WITH(read_password_file("/nowhere/at/all", remember),
                      Catch::Contains("/nowhere/at/all"));
    CHECK_THROWS_AS(read_password_file("/", remember), UsageError);
}

TEST_CASE("the password comes from -p, else a file, else the environment", "[unit][hive_query]") {
    ::setenv("HIVE_QUERY_PASSWORD", "from environment", 1);
    const TestFolder folder;
    Options options;
    CHECK(find_password(options, remember)->reveal() == "from environment");
    options.password_file = folder.write("password", "from file\n").string();
    CHECK(find_password(options, remember)->reveal() == "from file");
    options.password = "from option";
    CHECK(find_password(options, remember)->reveal() == "from option");
    ::unsetenv("HIVE_QUERY_PASSWORD");
    CHECK_FALSE(find_password(Options{}, remember).has_value());
}
