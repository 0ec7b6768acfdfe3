#include "session_spec.hpp"

#include "dial.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace hive::test;
using namespace std::chrono_literals;
using hive::read_session_spec;
using hive::SessionSpec;

TEST_CASE("without settings a session is a stranger's behind SASL", "[unit][hive]") {
    const auto spec = read_session_spec(config({{"endpoint", "h:1"}}));
    CHECK(spec.hosts == std::vector<cistern::Endpoint>{{"h", "1"}});
    CHECK(spec.opening == hive::Opening::kSasl);
    CHECK(spec.user == "anonymous");
    CHECK(spec.password.reveal() == "anonymous");
    CHECK(spec.fetch_size == 10'000);
    CHECK(spec.call_timeout == 2min);
    CHECK(spec.configuration.empty());
    CHECK(spec.reset_when == SessionSpec::ResetWhen::kChanged);
    CHECK(spec.validate_with == SessionSpec::ValidateWith::kInfo);
}

TEST_CASE("without SASL nobody is invented", "[unit][hive]") {
    const auto spec = read_session_spec(config({{"endpoint", "h:1"}, {"auth", "nosasl"}}));
    CHECK(spec.opening == hive::Opening::kNoSasl);
    CHECK(spec.user.empty());
    CHECK(spec.password.empty());
}

TEST_CASE("settings of the session are passed on as the server names them", "[unit][hive]") {
    const auto spec = read_session_spec(config({{"endpoint", "h:1"},
                                                {"database", "sales"},
                                                {"proxy_user", "bob"},
                                                {"conf.hive.exec.parallel", "true"},
                                                {"var.day", "2024-02-29"}}));
    CHECK(spec.configuration ==
          std::map<std::string, std::string>{{"use:database", "sales"},
                                             {"hive.server2.proxy.user", "bob"},
                                             {"set:hiveconf:hive.exec.parallel", "true"},
                                             {"set:hivevar:day", "2024-02-29"}});
}

TEST_CASE("a URL says the same in the driver's words, and a setting wins over it", "[unit][hive]") {
    const std::string url =
        "jdbc:hive2://h:1/"
        "sales;user=ann;password=p;auth=noSasl;fetchSize=50;wmPool=etl;applicationName=app;"
        "hive.server2.proxy.user=bob;ssl=false;transportMode=binary?x=1#v=2";
    auto spec = read_session_spec(config({{"url", url}}));
    CHECK(spec.user == "ann");
    CHECK(spec.password.reveal() == "p");
    CHECK(spec.opening == hive::Opening::kNoSasl);
    CHECK(spec.fetch_size == 50);
    CHECK(spec.configuration ==
          std::map<std::string, std::string>{{"use:database", "sales"},
                                             {"set:hivevar:wmpool", "etl"},
                                             {"set:hivevar:wmapp", "app"},
                                             {"hive.server2.proxy.user", "bob"},
                                             {"set:hiveconf:x", "1"},
                                             {"set:hivevar:v", "2"}});
    spec = read_session_spec(config({{"url", url},
                                     {"user", "eve"},
                                     {"auth", "ldap"},
                                     {"database", "d2"},
                                     {"fetch_size", "7"},
                                     {"conf.x", "3"}}));
    CHECK(spec.user == "eve");
    CHECK(spec.opening == hive::Opening::kSasl);
    CHECK(spec.configuration.at("use:database") == "d2");
    CHECK(spec.configuration.at("set:hiveconf:x") == "3");
    CHECK(spec.fetch_size == 7);
}

TEST_CASE("what a URL asks for and cannot have is refused by name", "[unit][hive]") {
    const auto key = GENERATE(as<std::string>{}, "storePasswordPath=/p", "auth=browser");
    CAPTURE(key);
    CHECK_THROWS_WITH(read_session_spec(config({{"url", "jdbc:hive2://h:1/d;" + key}})),
                      Catch::Contains("not supported yet") &&
                          Catch::Contains(key.starts_with("auth=") ? key.substr(5)
                                                                   : key.substr(0, key.find('='))));
}

TEST_CASE("TLS is asked for in the driver's words or by settings, which win", "[unit][hive]") {
    const std::string url = "jdbc:hive2://h:1/d;ssl=true;sslTrustStore=/ca.pem;twoWay=false";
    const auto spec = read_session_spec(config({{"url", url}}));
    REQUIRE(spec.tls);
    CHECK(spec.tls->ca_file == "/ca.pem");
    CHECK(spec.tls->verify == cistern::TlsVerify::kFull);
    CHECK(hive::tls_for(spec, {"db1", "10000"}).host == "db1");

    const auto other = read_session_spec(
        config({{"url", url}, {"tls_ca", "/other.pem"}, {"tls_host", "hive.example.org"}}));
    CHECK(other.tls.value().ca_file == "/other.pem");
    CHECK(hive::tls_for(other, {"db1", "10000"}).host == "hive.example.org");
    CHECK_FALSE(read_session_spec(config({{"url", url}, {"tls", "off"}})).tls);
    CHECK(read_session_spec(config({{"endpoint", "h:1"}, {"tls", "on"}})).tls);
    CHECK_THROWS_WITH(
        read_session_spec(config({{"url", "jdbc:hive2://h:1/d;sslTrustStore=/ca.pem"}})),
        Catch::Contains("hive.tls_ca is given and TLS is not on"));
    CHECK_THROWS_WITH(read_session_spec(config({{"url", "jdbc:hive2://h:1/d;ssl=yes"}})),
                      Catch::Contains("ssl in the JDBC URL must be true or false"));
}

TEST_CASE("what only a Java keystore could give is refused with what to give instead",
          "[unit][hive]") {
    const auto [key, instead] = GENERATE(std::pair{"trustStorePassword=changeit", "hive.tls_ca"},
                                         std::pair{"twoWay=true", "hive.tls_cert"},
                                         std::pair{"sslKeyStore=/k.jks", "hive.tls_cert"},
                                         std::pair{"keyStorePassword=changeit", "hive.tls_key"});
    CHECK_THROWS_WITH(
        read_session_spec(config({{"url", "jdbc:hive2://h:1/d;ssl=true;" + std::string{key}}})),
        Catch::Contains(instead) && Catch::Contains("PEM") && !Catch::Contains("changeit"));
}

TEST_CASE("a misspelt key of a URL is refused instead of ignored", "[unit][hive]") {
    CHECK_THROWS_WITH(read_session_spec(config({{"url", "jdbc:hive2://h:1/d;usr=ann"}})),
                      Catch::Contains("usr") && Catch::Contains("user, password"));
    CHECK_THROWS_WITH(read_session_spec(config({{"url", "jdbc:hive2://h:1/d;fetchSize=many"}})),
                      Catch::Contains("fetchSize"));
}

TEST_CASE("the server is said once: by url or by endpoint", "[unit][hive]") {
    CHECK_THROWS_AS(read_session_spec(config({})), cistern::ConfigError);
    CHECK_THROWS_AS(read_session_spec(config({{"url", "jdbc:hive2://h"}, {"endpoint", "h:1"}})),
                    cistern::ConfigError);
}

TEST_CASE("what may hold a password is a secret to the framework", "[unit][hive]") {
    for (const auto& setting : hive::session_settings()) {
        const bool is_secret = setting.type == cistern::SettingType::kSecret;
        CHECK(is_secret == (setting.name == "url" || setting.name == "password" ||
                            setting.name == "tls_key_password" ||
                            setting.name == "delegation_token" || setting.name == "jwt" ||
                            setting.name == "http_header.*"));
        CHECK_FALSE(setting.meaning.empty());
    }
}
