#include <cistern/connector_config.hpp>

#include <catch2/catch.hpp>

#include <string>

using Catch::Contains;
using cistern::ConfigError;
using cistern::ConnectorConfig;
using namespace std::chrono_literals;

namespace {

ConnectorConfig config_with(const std::string& key,
                            const std::string& text,
                            bool is_hidden = false) {
    return ConnectorConfig{"a", {{key, {text, "x.properties:3", is_hidden}}}};
}

}  // namespace

TEST_CASE("settings are read by type", "[unit][config]") {
    const ConnectorConfig config{"a",
                                 {{"text", {"hello", "x:1"}},
                                  {"number", {"-3", "x:2"}},
                                  {"flag", {"true", "x:3"}},
                                  {"wait", {"250ms", "x:4"}},
                                  {"size", {"64KiB", "x:5"}},
                                  {"server", {"[::1]:80", "x:6"}},
                                  {"password", {"hunter2", "x:7"}}}};
    CHECK(config.pool() == "a");
    CHECK(config.has("text"));
    CHECK_FALSE(config.has("other"));
    CHECK(config.text("text") == "hello");
    CHECK(config.integer("number") == -3);
    CHECK(config.flag("flag", false));
    CHECK(config.duration("wait") == 250ms);
    CHECK(config.size("size", 0) == 65536);
    CHECK(config.endpoint("server") == cistern::Endpoint{"::1", "80"});
    CHECK(config.secret("password").reveal() == "hunter2");
}

TEST_CASE("a setting that is absent gives its fallback or an error that names it",
          "[unit][config]") {
    const ConnectorConfig config{"a", {}};
    CHECK(config.text("x", "fallback") == "fallback");
    CHECK(config.integer("x", 7) == 7);
    CHECK(config.flag("x", true));
    CHECK(config.duration("x", 3s) == 3s);
    CHECK(config.size("x", 9) == 9);
    CHECK(config.secret("x").empty());
    CHECK_THROWS_WITH(config.text("x"), Contains("pool \"a\": the setting x is missing"));
    CHECK_THROWS_AS(config.integer("x"), ConfigError);
    CHECK_THROWS_AS(config.duration("x"), ConfigError);
    CHECK_THROWS_AS(config.endpoint("x"), ConfigError);
}

TEST_CASE("a setting that cannot be read as asked names its origin and what would be right",
          "[unit][config]") {
    const auto config = config_with("wait", "5");
    CHECK_THROWS_WITH(
        config.duration("wait"),
        Contains("x.properties:3: pool \"a\": wait = \"5\"") && Contains("as in 250ms"));
    CHECK_THROWS_WITH(config.duration("wait", 1s), Contains("x.properties:3"));
    CHECK_THROWS_WITH(config.flag("wait", true), Contains("must be true or false"));
    CHECK_THROWS_WITH(config.endpoint("wait"), Contains("x.properties:3") && Contains("host:port"));
    CHECK_THROWS_AS(config_with("size", "64KB").size("size", 1), ConfigError);
}

TEST_CASE("a hidden setting is not shown by any getter's error", "[unit][config]") {
    const auto config = config_with("key", "hunter2", true);
    for (const auto& read : std::initializer_list<std::function<void()>>{
             [&] { static_cast<void>(config.integer("key")); },
             [&] { static_cast<void>(config.flag("key", true)); },
             [&] { static_cast<void>(config.duration("key")); },
             [&] { static_cast<void>(config.size("key", 1)); },
             [&] { static_cast<void>(config.endpoint("key")); }}) {
        CHECK_THROWS_WITH(read(), Contains("x.properties:3") && !Contains("hunter2"));
    }
}

TEST_CASE("settings of one prefix come without it", "[unit][config]") {
    const ConnectorConfig config{
        "a",
        {{"conf.x", {"1", ""}}, {"conf.y.z", {"2", ""}}, {"confuse", {"3", ""}}, {"a", {"4", ""}}}};
    CHECK(config.with_prefix("conf.") ==
          std::map<std::string, std::string>{{"x", "1"}, {"y.z", "2"}});
}
