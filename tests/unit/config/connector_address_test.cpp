#include "support/scripted_io.hpp"

#include <cistern/connector_address.hpp>
#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

using cistern::ConnectorConfig;
using cistern::test::ScriptedIo;
using namespace std::chrono_literals;

namespace {

ConnectorConfig config(const std::map<std::string, std::string>& texts) {
    std::map<std::string, cistern::ConfigValue> values;
    for (const auto& [key, text] : texts) {
        values[key] = {text, "test"};
    }
    return {"lines", std::move(values)};
}

}  // namespace

TEST_CASE("exactly one of endpoint and unix_path is accepted", "[unit][config]") {
    CHECK_NOTHROW(check_address(config({{"endpoint", "h:1"}}), "tcp"));
    CHECK_NOTHROW(check_address(config({{"unix_path", "/x"}}), "tcp"));
    CHECK_THROWS_WITH(
        check_address(config({}), "tcp"),
        "pool \"lines\": neither tcp.endpoint nor tcp.unix_path is given; right would "
        "be exactly one of them");
    CHECK_THROWS_WITH(check_address(config({{"endpoint", "h:1"}, {"unix_path", "/x"}}), "redis"),
                      "pool \"lines\": both redis.endpoint and redis.unix_path are given; right "
                      "would be exactly one of them");
}

TEST_CASE("a Unix path that the system does not take is refused with its length and the limit",
          "[unit][config]") {
    CHECK_NOTHROW(check_address(config({{"unix_path", std::string(107, 'p')}}), "tcp"));
    CHECK_THROWS_AS(check_address(config({{"unix_path", std::string(108, 'p')}}), "tcp"),
                    cistern::ConfigError);
    CHECK_THROWS_WITH(
        check_address(config({{"unix_path", std::string(108, 'p')}}), "tcp"),
        Catch::Contains("tcp.unix_path") && Catch::Contains("108") && Catch::Contains("107"));
}

TEST_CASE("the address that is given is what is connected to", "[unit][config]") {
    ScriptedIo io;
    const auto deadline = io.clock().deadline_after(1s);
    static_cast<void>(io.will_connect());
    static_cast<void>(io.will_connect());
    CHECK(connect_address(io, config({{"endpoint", "db1:7007"}}), deadline));
    CHECK(connect_address(io, config({{"unix_path", "/run/x.sock"}}), deadline));
    CHECK(io.asked_for() == std::vector<std::string>{"db1:7007", "unix:/run/x.sock"});
}

TEST_CASE("an address reads the same for all connections to one place", "[unit][config]") {
    CHECK(address_text(config({{"endpoint", "db1:7007"}})) == "db1:7007");
    CHECK(address_text(config({{"endpoint", "[::1]:7007"}})) == "[::1]:7007");
    CHECK(address_text(config({{"unix_path", "/run/x.sock"}})) == "unix:/run/x.sock");
}

TEST_CASE("both settings are declared, and neither is a must by itself", "[unit][config]") {
    const auto settings = cistern::address_settings();
    REQUIRE(settings.size() == 2);
    CHECK(settings[0].name == "endpoint");
    CHECK(settings[0].type == cistern::SettingType::kEndpoint);
    CHECK(settings[1].name == "unix_path");
    CHECK(settings[1].type == cistern::SettingType::kText);
    for (const auto& setting : settings) {
        CHECK_FALSE(setting.required);
        CHECK_FALSE(setting.meaning.empty());
    }
}
