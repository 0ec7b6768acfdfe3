#include "shell/connections.hpp"

#include "support/test_folder.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

using namespace hive_query;

namespace {

// What @warehouse means with this file of connections.
Options connected(const std::string& text) {
    const cistern::test::TestFolder folder;
    Options options;
    options.connection = "warehouse";
    use_connection(options, folder.write("connections.properties", text));
    return options;
}

}  // namespace

TEST_CASE("@NAME is the pool of that name in the person's own file", "[unit][hive_query]") {
    const Options options = connected(
        "# mine\n"
        "pool.warehouse.plugin = hive\n"
        "pool.warehouse.hive.url = jdbc:hive2://w:10000/sales;ssl=true\n"
        "pool.warehouse.hive.password = ${file:/home/ada/.hive-password}\n");
    CHECK(options.pool == "warehouse");
    CHECK_THAT(options.conf_file, Catch::EndsWith("connections.properties"));
}

TEST_CASE("a secret that stands in the connections file as itself is refused by line",
          "[unit][hive_query]") {
    for (const char* const line : {"pool.warehouse.hive.password = geheim",
                                   "pool.warehouse.hive.password: geheim",
                                   "pool.warehouse.hive.http_header.X-Gate = geheim",
                                   "pool.warehouse.hive.http_header.x.y: geheim",
                                   "pool.warehouse.hive.url = jdbc:hive2://w:1/d;pwd=geheim",
                                   "pool.warehouse.hive.url=jdbc:hive2://ada:geheim@w:1/d"}) {
        INFO(line);
        const std::string text = std::string{"\n  "} + line + "\n";
        CHECK_THROWS_WITH(connected(text),
                          Catch::Contains("connections.properties:2: a secret is not written") &&
                              !Catch::Contains("geheim"));
    }
}

TEST_CASE("a missing connections file is named, with what would stand in it",
          "[unit][hive_query]") {
    Options options;
    options.connection = "warehouse";
    CHECK_THROWS_WITH(use_connection(options, "/nowhere/connections.properties"),
                      Catch::Contains("/nowhere/connections.properties") &&
                          Catch::Contains("pool.warehouse.hive.url ="));
}

TEST_CASE("@NAME and -c NAME are the same, and go with no other place", "[unit][hive_query]") {
    const cistern::test::TestFolder folder;
    folder.write("cistern/connections.properties", "pool.a.plugin = hive\n");
    ::setenv("XDG_CONFIG_HOME", folder.path().c_str(), 1);
    CHECK(parse_options({"@a"}).pool == "a");
    CHECK(parse_options({"-c", "a"}).pool == "a");
    CHECK_THROWS_WITH(parse_options({"@a", "-u", "jdbc:hive2://b:1/"}),
                      Catch::Contains("with @a the file decides"));
    CHECK_THROWS_AS(parse_options({"@a", "--conf", "x"}), UsageError);
    ::unsetenv("XDG_CONFIG_HOME");
}
