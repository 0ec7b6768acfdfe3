#include "connect.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

using namespace hive_query;

TEST_CASE("the options become one pool of the hive plugin", "[unit][hive_query]") {
    const Options options = parse_options({"-u",
                                           "jdbc:hive2://h:1/d",
                                           "-n",
                                           "ada",
                                           "--hiveconf",
                                           "a.b=c",
                                           "--hivevar",
                                           "x=y",
                                           "--pool-size",
                                           "3",
                                           "--workers",
                                           "8",
                                           "--fetch-size",
                                           "500",
                                           "--connect-timeout",
                                           "7s"});
    const auto spec = runtime_spec(options, cistern::Secret{"secret"});
    REQUIRE(spec.pools.size() == 1);
    const auto& pool = spec.pools.front();
    CHECK(pool.plugin == "hive");
    CHECK(pool.options.at("max_size") == "3");
    CHECK(pool.options.at("connect_timeout") == "7s");
    CHECK(pool.settings.at("url") == "jdbc:hive2://h:1/d");
    CHECK(pool.settings.at("user") == "ada");
    CHECK(pool.settings.at("password") == "secret");
    CHECK(pool.settings.at("conf.a.b") == "c");
    CHECK(pool.settings.at("var.x") == "y");
    CHECK(pool.settings.at("fetch_size") == "500");
}

TEST_CASE("every worker may have a connection unless the pool is sized", "[unit][hive_query]") {
    const auto spec = runtime_spec(parse_options({"-u", "x", "--workers", "8"}), {});
    CHECK(spec.pools.front().options.at("max_size") == "8");
    CHECK(spec.pools.front().settings.count("password") == 0);
}

TEST_CASE("what looks like a reference on the command line means itself", "[unit][hive_query]") {
    const auto spec = runtime_spec(parse_options({"-u", "x", "--hivevar", "a=${env:HOME}$"}),
                                   cistern::Secret{"$${a}"});
    CHECK(spec.pools.front().settings.at("var.a") == "$${env:HOME}$");
    CHECK(spec.pools.front().settings.at("password") == "$$${a}");
}

TEST_CASE("without a place to connect to, the message says how to give one", "[unit][hive_query]") {
    ::unsetenv("CISTERN_CONF");
    CHECK_THROWS_WITH(make_runtime(Options{}, {}), Catch::Contains("-u jdbc:hive2://"));
}

TEST_CASE("a failed connect says what to look at and no password", "[unit][hive_query]") {
    const Options options = parse_options({"-u", "jdbc:hive2://h:1/d;password=geheim"});
    const std::string refused = connect_failure_text(cistern::ConnectError{"h:1 refused"}, options);
    CHECK_THAT(refused, Catch::Contains("h:1 refused") && Catch::Contains("jdbc:hive2://h:1/d"));
    CHECK_THAT(refused, !Catch::Contains("geheim"));
    CHECK_THAT(connect_failure_text(cistern::AuthError{"wrong password"}, options),
               Catch::Contains("-w FILE"));
}

TEST_CASE("nobody is asked for a password where Kerberos refuses", "[unit][hive_query]") {
    const Options options = parse_options({"-u", "jdbc:hive2://h:1/d;principal=hive/_HOST@R"});
    CHECK(connect_failure_text(cistern::AuthError{"no ticket: run kinit"}, options) ==
          "hive-query: no connection: no ticket: run kinit");
}

TEST_CASE("problems of the command line are not said to be in code", "[unit][hive_query]") {
    CHECK(command_line_terms(
              "in code: pool.hive-query: hive: no URL\nin code: pool.hive-query.x = y") ==
          "hive: no URL\npool.hive-query.x = y");
}
