#include "password.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace hive_query;

namespace {

class PasswordFile {
public:
    PasswordFile(const std::string& text, mode_t mode) {
        std::string name =
            (std::filesystem::temp_directory_path() / "cistern-password-XXXXXX").string();
        const int descriptor = ::mkstemp(name.data());
        REQUIRE(descriptor >= 0);
        ::close(descriptor);
        path = name;
        std::ofstream{path} << text;
        ::chmod(path.c_str(), mode);
    }
    PasswordFile(const PasswordFile&) = delete;
    PasswordFile& operator=(const PasswordFile&) = delete;
    ~PasswordFile() { std::filesystem::remove(path); }

    std::string path;
};

std::vector<std::string> warnings;
void remember(const std::string& text) {
    warnings.push_back(text);
}

std::string file_password(const std::string& text) {
    const PasswordFile file{text, 0600};
    return std::string{read_password_file(file.path, remember).reveal()};
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
    const PasswordFile file{"secret\n", 0644};
    CHECK(read_password_file(file.path, remember).reveal() == "secret");
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
    const PasswordFile file{"from file\n", 0600};
    Options options;
    CHECK(find_password(options, remember)->reveal() == "from environment");
    options.password_file = file.path;
    CHECK(find_password(options, remember)->reveal() == "from file");
    options.password = "from option";
    CHECK(find_password(options, remember)->reveal() == "from option");
    ::unsetenv("HIVE_QUERY_PASSWORD");
    CHECK_FALSE(find_password(Options{}, remember).has_value());
}
