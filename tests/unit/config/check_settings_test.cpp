#include <config/runtime_config.hpp>

#include <catch2/catch.hpp>

#include <string>

using Catch::Contains;
using cistern::check_settings;
using cistern::PoolConfig;
using cistern::Problems;
using cistern::Setting;
using cistern::Settings;
using cistern::SettingType;

namespace {

PoolConfig pool_with(const std::map<std::string, std::string>& settings,
                     const std::map<std::string, std::string>& overrides = {}) {
    PoolConfig pool{.name = "a", .plugin = "hive", .origin = "x.properties:2", .options = {}};
    int line = 3;
    for (const auto& [key, text] : settings) {
        pool.settings[key] = {"pool.a.hive." + key,
                              {text, "x.properties:" + std::to_string(line++)}};
    }
    for (const auto& [upper, text] : overrides) {
        const auto variable = "CISTERN_POOL_A_HIVE_" + upper;
        pool.overrides[upper] = {variable, {text, "environment " + variable}};
    }
    return pool;
}

const Settings kSettings{
    {.name = "url", .type = SettingType::kText, .meaning = "where the server is", .required = true},
    {.name = "timeout",
     .type = SettingType::kDuration,
     .default_value = "5s",
     .minimum = 1'000'000},
    {.name = "rows",
     .type = SettingType::kInteger,
     .default_value = "10",
     .minimum = 1,
     .maximum = 99},
    {.name = "mode",
     .type = SettingType::kChoice,
     .default_value = "fast",
     .choices = {"fast", "safe"}},
    {.name = "conf.*", .type = SettingType::kText},
};

Problems problems_of(const PoolConfig& pool) {
    return check_settings(pool, kSettings).problems;
}

}  // namespace

TEST_CASE("settings are checked and their defaults filled in", "[unit][config]") {
    const auto checked =
        check_settings(pool_with({{"url", "  h  "}, {"conf.a.b", "1"}}), kSettings);
    REQUIRE(checked.problems == Problems{});
    CHECK(checked.values.size() == 5);
    CHECK(checked.values.at("url").text == "h");
    CHECK(checked.values.at("timeout").text == "5s");
    CHECK(checked.values.at("timeout").origin == "default of the plugin hive");
    CHECK(checked.values.at("conf.a.b").text == "1");
}

TEST_CASE("a setting with a bad value names its range", "[unit][config]") {
    CHECK(
        problems_of(
            pool_with({{"mode", "slow"}, {"rows", "100"}, {"timeout", "5"}, {"url", "h"}})) ==
        Problems{
            "x.properties:3: pool.a.hive.mode = \"slow\": must be fast or safe",
            "x.properties:4: pool.a.hive.rows = \"100\": must be a whole number, from 1 to 99",
            "x.properties:5: pool.a.hive.timeout = \"5\": must be a whole number directly followed "
            "by its unit, ns, us, ms, s, min or h, as in 250ms, at least 1ms"});
}

TEST_CASE("an unknown setting is told the nearest one, and not shown", "[unit][config]") {
    const auto problems = problems_of(pool_with({{"ulr", "h"}, {"url", "h"}, {"zzzzz", "1"}}));
    CHECK(problems ==
          Problems{"x.properties:3: pool.a.hive.ulr: unknown key; did you mean "
                   "pool.a.hive.url?",
                   "x.properties:5: pool.a.hive.zzzzz: unknown key; the plugin hive knows url, "
                   "timeout, rows, mode or conf.*"});
}

TEST_CASE("a required setting that is missing or empty stops the start", "[unit][config]") {
    auto pool = pool_with({});
    pool.remedy = "; give it somewhere";
    CHECK(problems_of(pool) ==
          Problems{"x.properties:2: pool.a.hive.url: is missing, and the plugin hive "
                   "needs it: where the server is; give it somewhere"});
    CHECK_THAT(problems_of(pool_with({{"url", " "}})).front(), Contains("must not be empty"));
}

TEST_CASE("a variable wins over the file's setting", "[unit][config]") {
    const auto checked = check_settings(
        pool_with({{"url", "file"}, {"conf.x.y", "1"}}, {{"URL", "variable"}, {"CONF_X_Y", "2"}}),
        kSettings);
    REQUIRE(checked.problems == Problems{});
    CHECK(checked.values.at("url").text == "variable");
    CHECK(checked.values.at("url").origin == "environment CISTERN_POOL_A_HIVE_URL");
    CHECK(checked.values.at("conf.x.y").text == "2");
}

TEST_CASE("a variable with a bad value or for no setting is a problem", "[unit][config]") {
    CHECK(problems_of(pool_with({{"url", "h"}}, {{"ROWS", "0"}})) ==
          Problems{"environment CISTERN_POOL_A_HIVE_ROWS: pool.a.hive.rows = \"0\": must be a "
                   "whole number, "
                   "from 1 to 99"});
    CHECK(
        problems_of(pool_with({{"url", "h"}}, {{"ULR", "0"}})) ==
        Problems{
            "environment CISTERN_POOL_A_HIVE_ULR: fits no setting of the plugin hive; did you mean "
            "CISTERN_POOL_A_HIVE_URL?"});
    CHECK_THAT(problems_of(pool_with({{"url", "h"}, {"conf.a.b", "1"}, {"conf.a_b", "1"}},
                                     {{"CONF_A_B", "2"}}))
                   .front(),
               Contains("could mean conf.a.b or conf.a_b"));
}

TEST_CASE("a connector that declares nothing gets everything as it stands", "[unit][config]") {
    const auto checked = check_settings(pool_with({{"any", " x "}}, {{"OTHER", "y"}}), {});
    REQUIRE(checked.problems == Problems{});
    CHECK(checked.values.at("any").text == " x ");
    CHECK(checked.values.at("other").text == "y");
}

TEST_CASE("a default that its own declaration does not allow is the plugin's mistake",
          "[unit][config]") {
    const Settings wrong{{.name = "rows", .type = SettingType::kInteger, .default_value = "many"}};
    CHECK_THAT(check_settings(pool_with({}), wrong).problems.front(),
               Contains("default of the plugin hive: rows") && Contains("the plugin's mistake"));
}

TEST_CASE("a secret setting is hidden from every message", "[unit][config]") {
    const Settings secret{{.name = "password", .type = SettingType::kSecret}};
    const auto checked = check_settings(pool_with({{"password", " kept as it is "}}), secret);
    CHECK(checked.values.at("password").text == " kept as it is ");
    CHECK(checked.values.at("password").is_hidden);
}

namespace {

PoolConfig with_endpoints(PoolConfig pool) {
    pool.options.endpoints = {"db1:1", "db2:1"};
    pool.option_origins["endpoints"] = "x.properties:9";
    return pool;
}

const Settings kPlaces{
    {.name = "endpoint", .type = SettingType::kEndpoint, .required = true},
    {.name = "proxy", .type = SettingType::kEndpoint},
    {.name = "unix_path", .names_server = true},
};

}  // namespace

TEST_CASE("a list of endpoints takes the place of the setting that is one", "[unit][config]") {
    const auto checked = check_settings(with_endpoints(pool_with({{"proxy", "p:1"}})), kPlaces);
    CHECK(checked.problems == Problems{});
    CHECK(checked.address == "endpoint");
    CHECK(checked.values.at("endpoint").text == "db1:1");
    CHECK(check_settings(with_endpoints(pool_with({})), {}).address == "endpoint");
    const Settings other{{.name = "server", .type = SettingType::kEndpoint}};
    CHECK(check_settings(with_endpoints(pool_with({})), other).address == "server");
    CHECK(check_settings(pool_with({{"endpoint", "h:1"}}), kPlaces).address.empty());
}

TEST_CASE("a server named beside a list of endpoints is a problem that names both lines",
          "[unit][config]") {
    const auto endpoint = check_settings(with_endpoints(pool_with({{"endpoint", "h:1"}})), kPlaces);
    CHECK(endpoint.problems ==
          Problems{"x.properties:9: pool.a.endpoints: contradicts pool.a.hive.endpoint "
                   "(x.properties:3); right would be one of the two"});
    const auto path =
        check_settings(with_endpoints(pool_with({}, {{"UNIX_PATH", "/run/x"}})), kPlaces);
    REQUIRE(path.problems.size() == 1);
    CHECK_THAT(path.problems[0], Contains("environment CISTERN_POOL_A_HIVE_UNIX_PATH"));
}

TEST_CASE("a list of endpoints wins over what the plugin's own file says for all pools",
          "[unit][config]") {
    auto pool = with_endpoints(pool_with({{"endpoint", "h:1"}, {"unix_path", "/run/x"}}));
    for (auto& [key, found] : pool.settings) {
        found.is_default = true;
    }
    const auto checked = check_settings(pool, kPlaces);
    CHECK(checked.problems == Problems{});
    CHECK(checked.values.at("endpoint").text == "db1:1");
    CHECK_FALSE(checked.values.contains("unix_path"));
}

TEST_CASE("a list of endpoints is refused for a plugin that has no setting for one",
          "[unit][config]") {
    const auto checked = check_settings(with_endpoints(pool_with({{"url", "h"}})), kSettings);
    REQUIRE_FALSE(checked.problems.empty());
    CHECK_THAT(checked.problems[0],
               Contains("x.properties:9: pool.a.endpoints: the plugin hive has no setting that is "
                        "an endpoint"));
}
