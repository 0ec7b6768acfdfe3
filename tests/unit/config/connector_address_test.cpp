#include "support/scripted_io.hpp"

#include <cistern/connector_address.hpp>
#include <cistern/error.hpp>
#include <cistern/tls.hpp>

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
    REQUIRE(settings.size() > 2);
    CHECK(settings[0].name == "endpoint");
    CHECK(settings[0].type == cistern::SettingType::kEndpoint);
    CHECK(settings[1].name == "unix_path");
    CHECK(settings[1].type == cistern::SettingType::kText);
    CHECK(settings[2].name == "tls");
    for (const auto& setting : settings) {
        CHECK_FALSE(setting.required);
        CHECK_FALSE(setting.meaning.empty());
    }
}

TEST_CASE("TLS is off unless it is asked for, and who gives its settings has to ask",
          "[unit][config]") {
    const auto read = [](std::map<std::string, std::string> texts) {
        texts["endpoint"] = "db1:1";
        return read_tls(config(texts), "redis", "db1");
    };
    CHECK_FALSE(read({}));
    CHECK_FALSE(read({{"tls", "off"}, {"tls_ca", "/ca.pem"}}));
    CHECK_THROWS_WITH(read({{"tls_ca", "/ca.pem"}}),
                      "pool \"lines\": redis.tls_ca is given and TLS is not on; right would be "
                      "redis.tls = on (or off, to do without)");
    CHECK_THROWS_WITH(read({{"tls", "on"}, {"tls_key", "/own.key"}}),
                      Catch::Contains("redis.tls_key is given without redis.tls_cert"));
    const auto plain = read({{"tls", "on"}}).value();
    CHECK(plain.host == "db1");
    CHECK(plain.verify == cistern::TlsVerify::kFull);
    CHECK(plain.min_version == cistern::TlsVersion::k1_2);
    const auto full = read({{"tls", "on"},
                            {"tls_ca", "/ca.pem"},
                            {"tls_cert", "/own.pem"},
                            {"tls_key", "/own.key"},
                            {"tls_key_password", "sesame"},
                            {"tls_host", "db.example.org"},
                            {"tls_min_version", "1.3"},
                            {"tls_verify", "ca"}})
                          .value();
    CHECK(full.ca_file == "/ca.pem");
    CHECK(full.cert_file == "/own.pem");
    CHECK(full.key_file == "/own.key");
    CHECK(full.key_password.reveal() == "sesame");
    CHECK(full.host == "db.example.org");
    CHECK(full.min_version == cistern::TlsVersion::k1_3);
    CHECK(full.verify == cistern::TlsVerify::kCa);
}

TEST_CASE("a file for TLS that cannot be read is refused before the first connect",
          "[unit][config]") {
    CHECK_THROWS_WITH(
        check_address(config({{"endpoint", "h:1"}, {"tls", "on"}, {"tls_ca", "/no/such"}}), "tcp"),
        Catch::Contains("pool \"lines\": tcp.tls_ca /no/such cannot be read"));
    CHECK_THROWS_WITH(check_address(config({{"unix_path", "/x"}, {"tls", "on"}}), "tcp"),
                      Catch::Contains("tls_host"));
}
