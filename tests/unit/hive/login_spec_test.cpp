#include "login_spec.hpp"

#include "hive_connector.hpp"
#include "http_authorization.hpp"
#include "session_fixture.hpp"
#include "session_spec.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using hive::LoginSpec;
using hive::Qop;
using hive::read_session_spec;

namespace {

const std::string kUrl = "jdbc:hive2://h:1/d;";

LoginSpec login(const std::string& keys, Given given = {}) {
    given["url"] = kUrl + keys;
    return read_session_spec(config(given)).login;
}

}  // namespace

TEST_CASE("a principal in the URL asks for Kerberos, as for Hive's driver", "[unit][hive]") {
    const auto spec = login("principal=hive/_HOST@R");
    CHECK(spec.kind == LoginSpec::Kind::kKerberos);
    CHECK(spec.kerberos.principal == "hive/_HOST@R");
    CHECK(spec.qops == hive::kAnyQop);
    CHECK(login("auth=KERBEROS;principal=hive/h@R").kind == LoginSpec::Kind::kKerberos);
    CHECK(login("principal=hive/h").kerberos.principal == "hive/h");
}

TEST_CASE("settings say the same as the URL about Kerberos, and win", "[unit][hive]") {
    const auto spec = login("principal=hive/_HOST@R;saslQop=auth",
                            {{"principal", "hs2/_HOST@S"},
                             {"sasl_qop", "auth-conf"},
                             {"kerberos_user", "etl@S"},
                             {"kerberos_keytab", "/etc/etl.keytab"},
                             {"kerberos_cache", "FILE:/run/etl"}});
    CHECK(spec.kerberos.principal == "hs2/_HOST@S");
    CHECK(spec.qops == static_cast<std::uint8_t>(Qop::kConfidentiality));
    CHECK(spec.kerberos.user == "etl@S");
    CHECK(spec.kerberos.keytab == "/etc/etl.keytab");
    CHECK(spec.kerberos.cache == "FILE:/run/etl");
    CHECK(login("", {{"auth", "kerberos"}, {"principal", "hive/h@R"}}).kind ==
          LoginSpec::Kind::kKerberos);
}

TEST_CASE("each quality of protection is asked for alone", "[unit][hive]") {
    CHECK(login("principal=a/b;saslQop=auth").qops == 1);
    CHECK(login("principal=a/b;saslQop=auth-int").qops == 2);
    CHECK(login("principal=a/b;saslQop=AUTH-CONF").qops == 4);
}

TEST_CASE("what contradicts Kerberos or lacks a part of it is refused by name", "[unit][hive]") {
    const auto [keys, says] = GENERATE(
        std::pair{"auth=kerberos", "needs the server's principal"},
        std::pair{"principal=alice@R", "not that of a service"},
        std::pair{"principal=hive/@R", "not that of a service"},
        std::pair{"principal=hive/h@", "not that of a service"},
        std::pair{"principal=/h", "not that of a service"},
        std::pair{"auth=ldap;principal=hive/h@R", "principal is given, and auth = ldap"},
        std::pair{"saslQop=auth-conf", "saslQop is given, and auth = none has no use for it"},
        std::pair{"principal=hive/h;saslQop=privacy", "auth, auth-int or auth-conf"},
        std::pair{"principal=hive/h;kerberosAuthType=fromSubject", "Java's own logins"},
        std::pair{"principal=hive/h;kerberosEnableCanonicalHostnameCheck=true", "host name"},
        std::pair{"auth=delegationToken", "needs the token: hive.delegation_token"},
        std::pair{"auth=jwt", "needs the token: hive.jwt"},
        std::pair{"jwt=a.b.c", "auth = jwt is for HTTP"},
        std::pair{"jwt=a%20b;transportMode=http", "a token is one word"},
        std::pair{"auth=browser", "not supported yet"});
    CAPTURE(keys);
    CHECK_THROWS_WITH(login(keys), Catch::Contains(says));
    CHECK_THROWS_AS(login(keys), cistern::ConfigError);
}

TEST_CASE("a keytab without Kerberos is refused instead of ignored", "[unit][hive]") {
    CHECK_THROWS_WITH(login("", {{"kerberos_keytab", "/k"}}), Catch::Contains("kerberos_"));
    CHECK_NOTHROW(login("principal=a/b;kerberosEnableCanonicalHostnameCheck=false"));
}

TEST_CASE("who logs in by Kerberos needs neither name nor password", "[unit][hive]") {
    const auto spec = read_session_spec(config({{"url", kUrl + "principal=hive/h@R"}}));
    CHECK(spec.user.empty());
    CHECK(spec.password.empty());
    CHECK(spec.opening == hive::Opening::kSasl);
}

TEST_CASE("only a pool with Kerberos blocks threads", "[unit][hive]") {
    const hive::HiveConnector connector;
    CHECK(connector.blocks_thread(config({{"url", kUrl + "principal=hive/h@R"}})));
    CHECK_FALSE(connector.blocks_thread(config({{"url", kUrl}})));
    CHECK_FALSE(connector.blocks_thread(config({})));  // settings that connect() will refuse
}

TEST_CASE("a pool that may find out by ZooKeeper that it needs Kerberos blocks threads",
          "[unit][hive]") {
    const hive::HiveConnector connector;
    CHECK(connector.blocks_thread(config({{"zookeeper", "zk1"}})));
    CHECK(connector.blocks_thread(config({{"zookeeper", "zk1"}, {"kerberos_keytab", "/k"}})));
    CHECK_FALSE(connector.blocks_thread(config({{"zookeeper", "zk1"}, {"auth", "ldap"}})));
}

TEST_CASE("a token takes the place of a password, and stays secret", "[unit][hive]") {
    const auto by_token = login("principal=hive/_HOST@R",
                                {{"auth", "delegationtoken"}, {"delegation_token", "T0ken"}});
    CHECK(by_token.kind == LoginSpec::Kind::kDelegationToken);
    CHECK(by_token.token.reveal() == "T0ken");
    const auto by_jwt =
        read_session_spec(config({{"url", kUrl + "auth=jwt;jwt=a.b.c;transportMode=http"}}));
    CHECK(by_jwt.login.kind == LoginSpec::Kind::kBearer);
    CHECK(by_jwt.login.token.reveal() == "a.b.c");
    CHECK(by_jwt.user.empty());
    CHECK((*by_jwt.redact)("bad token a.b.c here") == "bad token *** here");
    CHECK_THROWS_WITH(login("auth=ldap", {{"delegation_token", "T0ken"}}),
                      Catch::Contains("delegation_token") && !Catch::Contains("T0ken"));
}

TEST_CASE("over HTTP a token is a header of its own kind", "[unit][hive]") {
    const auto header = [](const std::string& keys, Given given) {
        given["url"] = kUrl + "transportMode=http;" + keys;
        return hive::http_login(read_session_spec(config(given)), "h", "h:1");
    };
    CHECK(header("auth=jwt;jwt=a.b.c", {})() == "Authorization: Bearer a.b.c");
    CHECK(header("auth=delegationToken", {{"delegation_token", "T"}})() ==
          "X-Hive-Delegation-Token: T");
    CHECK_FALSE(header("user=ann;password=p", {}));
    const auto kerberos = header("principal=hive/_HOST@R", {{"kerberos_cache", "FILE:/no/cache"}});
    CHECK_THROWS_WITH(kerberos(), Catch::Contains("no Kerberos login at hive/h@R"));
}
