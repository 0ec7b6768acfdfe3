#include "options.hpp"

#include "sql/catalog.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace sandbox;

namespace {

std::optional<Options> parse(std::vector<const char*> arguments, int& status) {
    arguments.insert(arguments.begin(), "hive-sandbox");
    return parse_options(static_cast<int>(arguments.size()), arguments.data(), status);
}

}  // namespace

TEST_CASE("options have harmless defaults", "[unit][hive_sandbox]") {
    int status = -1;
    const auto options = parse({}, status);
    REQUIRE(options);
    CHECK(options->bind == "127.0.0.1");
    CHECK(options->auth == Auth::kNoSasl);
    CHECK(options->database.empty());
    CHECK(options->fetch_cap == 10000);
    CHECK(options->long_poll.count() == 5000);
}

TEST_CASE("options are read", "[unit][hive_sandbox]") {
    int status = -1;
    const auto options = parse({"--port",
                                "0",
                                "--auth",
                                "none",
                                "--database",
                                "x.db",
                                "--load",
                                "a.b=c.csv",
                                "--fault",
                                "bitmap=spark",
                                "--fault",
                                "row-delay=3",
                                "--long-poll",
                                "10"},
                               status);
    REQUIRE(options);
    CHECK(options->port == 0);
    CHECK(options->auth == Auth::kNone);
    CHECK(options->database == "x.db");
    CHECK(options->loads.at(0) == std::pair<std::string, std::string>{"a.b", "c.csv"});
    CHECK(options->faults.bitmap == BitmapForm::kSpark);
    CHECK(options->faults.row_delay.count() == 3);
}

TEST_CASE("custom logins need a user and a password file", "[unit][hive_sandbox]") {
    const ScratchFolder folder;
    const std::string file = (folder.path() / "password").string();
    std::ofstream{file} << "secret\r\n";
    int status = -1;
    const auto options =
        parse({"--auth", "custom", "--user", "bob", "--password-file", file.c_str()}, status);
    REQUIRE(options);
    CHECK(options->password == "secret");
    CHECK_FALSE(parse({"--auth", "custom", "--user", "bob"}, status));
    CHECK(status == 1);
    CHECK_FALSE(parse({"--user", "bob"}, status));
}

TEST_CASE("bad options end with status 1, help with 0", "[unit][hive_sandbox]") {
    int status = -1;
    for (const std::vector<const char*>& bad :
         std::vector<std::vector<const char*>>{{"--prot", "1"},
                                               {"--port", "99999"},
                                               {"--port", "x"},
                                               {"--auth", "kerberos"},
                                               {"--load", "x"},
                                               {"--fault", "x"},
                                               {"--fetch-cap", "0"},
                                               {"extra"}}) {
        CAPTURE(bad.front());
        CHECK_FALSE(parse(bad, status));
        CHECK(status == 1);
    }
    CHECK_FALSE(parse({"--help"}, status));
    CHECK(status == 0);
}
