// What an instance publishes, and what becomes of it.

#include "registered_instance.hpp"

#include "dial.hpp"
#include "session_fixture.hpp"
#include "session_spec.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using hive::read_registered_instance;
using hive::read_session_spec;

namespace {

constexpr auto* kName = "serverUri=h:10010;version=4.0.1;sequence=0000000000";
constexpr auto* kUrl = "jdbc:hive2://zk1:2181/;serviceDiscoveryMode=zooKeeper";

hive::SessionSpec spec_for(const std::string& data, Given given = {{"url", kUrl}}) {
    const auto instance = read_registered_instance(kName, data);
    REQUIRE(instance);
    return read_session_spec(config(given), &*instance);
}

}  // namespace

TEST_CASE("where an instance listens is read from what it publishes, or else from its name",
          "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string, std::string>({
        {kName, "", "h:10010"},
        {kName, "other:10011", "other:10011"},
        {kName, "hive.server2.instance.uri=i:1", "i:1"},
        {kName, "hive.server2.thrift.bind.host=b;hive.server2.thrift.port=2", "b:2"},
        {kName,
         "hive.server2.thrift.bind.host=b;hive.server2.transport.mode=http;"
         "hive.server2.thrift.http.port=3",
         "b:3"},
        {kName,
         "hive.server2.thrift.bind.host=b;hive.server2.transport.mode=binary;"
         "hive.server2.thrift.port=2;hive.server2.thrift.http.port=3",
         "b:2"},
        {kName, "hive.server2.use.SSL=true", "h:10010"},
        {kName, "no address", "h:10010"},
        {"serviceUri=k:10009;version=1.9;sequence=0000000001", "", "k:10009"},
        {"serverUri=[::1]:10010;version=4;sequence=1", "", "[::1]:10010"},
    }));
    const auto instance = read_registered_instance(std::get<0>(row), std::get<1>(row));
    REQUIRE(instance);
    CHECK(to_string(instance->address) == std::get<2>(row));
}

TEST_CASE("a node that names no address is no instance", "[unit][hive]") {
    for (const auto* name : {"leader", "", ";;=;", "serverUri=h", "serverUri=h:99999", "uri=h:1"}) {
        CHECK_FALSE(read_registered_instance(name, "nothing"));
    }
}

TEST_CASE("what an instance publishes holds where the URL is silent", "[unit][hive]") {
    auto spec = spec_for(
        "hive.server2.authentication=NOSASL;hive.server2.transport.mode=http;"
        "hive.server2.thrift.http.port=10001;hive.server2.thrift.http.path=gateway;"
        "hive.server2.thrift.bind.host=h;hive.server2.use.SSL=true");
    CHECK(spec.hosts == std::vector<cistern::Endpoint>{{"h", "10001"}});
    CHECK(spec.opening == hive::Opening::kNoSasl);
    REQUIRE(spec.http);
    CHECK(spec.http->path == "/gateway");
    REQUIRE(spec.tls);
    CHECK(hive::tls_for(spec, spec.hosts.front()).host == "h");

    spec = spec_for("hive.server2.authentication=LDAP;hive.server2.use.SSL=false");
    CHECK(spec.opening == hive::Opening::kSasl);
    CHECK_FALSE(spec.http);
    CHECK_FALSE(spec.tls);
}

TEST_CASE("the URL and the settings win over what an instance publishes", "[unit][hive]") {
    const std::string all =
        "hive.server2.authentication=NOSASL;hive.server2.transport.mode=http;"
        "hive.server2.thrift.http.path=p;hive.server2.use.SSL=false";
    auto spec = spec_for(all, {{"url", std::string{kUrl} + ";ssl=true;auth=none;httpPath=mine"}});
    CHECK(spec.tls);
    CHECK(spec.opening == hive::Opening::kSasl);
    CHECK(spec.http->path == "/mine");
    spec = spec_for(all, {{"url", kUrl}, {"tls", "on"}, {"auth", "ldap"}, {"transport", "binary"}});
    CHECK(spec.tls);
    CHECK(spec.opening == hive::Opening::kSasl);
    CHECK_FALSE(spec.http);
}

TEST_CASE("an instance that publishes no TLS does not turn off what the settings rely on",
          "[unit][hive]") {
    CHECK_THROWS_WITH(spec_for("hive.server2.use.SSL=false",
                               {{"url", std::string{kUrl} + ";sslTrustStore=/ca.pem"}}),
                      Catch::Contains("tls_ca"));
}

TEST_CASE("as long as no instance is known, what one may publish is no contradiction",
          "[unit][hive]") {
    for (const auto* more : {";httpPath=p",
                             ";sslTrustStore=/ca.pem",
                             ";cookieAuth=false",
                             ";http.header.x=y",
                             ";saslQop=auth-conf"}) {
        CAPTURE(more);
        CHECK_NOTHROW(read_session_spec(config({{"url", std::string{kUrl} + more}})));
    }
    const auto spec = read_session_spec(config({{"zookeeper", "zk1"}, {"tls_ca", "/ca.pem"}}));
    CHECK(spec.hosts.empty());
    CHECK(spec.tls);
    CHECK_NOTHROW(read_session_spec(config({{"zookeeper", "zk1"}, {"kerberos_keytab", "/k"}})));
}

TEST_CASE("an instance that publishes Kerberos is logged in to by its own principal",
          "[unit][hive]") {
    const auto spec = spec_for(
        "hive.server2.authentication=KERBEROS;hive.server2.transport.mode=binary;"
        "hive.server2.authentication.kerberos.principal=hive/_HOST@REALM;"
        "hive.server2.thrift.sasl.qop=auth-int",
        {{"url", kUrl}, {"kerberos_keytab", "/k"}});
    CHECK(spec.login.kind == hive::LoginSpec::Kind::kKerberos);
    CHECK(spec.login.kerberos.principal == "hive/_HOST@REALM");
    CHECK(spec.login.qops == static_cast<std::uint8_t>(hive::Qop::kIntegrity));
}

TEST_CASE("what a URL asks of ZooKeeper and cannot have is refused by name", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"serviceDiscoveryMode=zooKeeperHA", "zooKeeperHA"},
        {"serviceDiscoveryMode=etcd", "must be zooKeeper or none"},
        {"zooKeeperNamespace=hs2", "nothing says to look there"},
        {"serviceDiscoveryMode=none;zooKeeperNamespace=hs2", "nothing says to look there"},
        {"serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=/", "the name of a node"},
        {"serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=a//b", "the name of a node"},
        {"serviceDiscoveryMode=zooKeeper;zooKeeperSSLEnable=true", "plain port"},
        {"serviceDiscoveryMode=zooKeeper;zooKeeperKeystoreLocation=/k",
         "zooKeeperKeystoreLocation"},
    }));
    CHECK_THROWS_WITH(
        read_session_spec(config({{"url", "jdbc:hive2://zk1:2181/;" + std::get<0>(row)}})),
        Catch::Contains(std::get<1>(row)));
    CHECK_THROWS_AS(read_session_spec(config({{"url", kUrl}, {"zookeeper", "zk1"}})),
                    cistern::ConfigError);
    CHECK_THROWS_AS(read_session_spec(config({{"zookeeper", "zk1:0"}})), cistern::ConfigError);
    CHECK_THROWS_AS(read_session_spec(config({{"zookeeper", " "}})), cistern::ConfigError);
}

TEST_CASE("discovery that is asked not to happen does not", "[unit][hive]") {
    const auto spec = read_session_spec(
        config({{"url", "jdbc:hive2://h/;serviceDiscoveryMode=none;zooKeeperSSLEnable=false"}}));
    CHECK_FALSE(spec.discovery);
    CHECK(spec.hosts == std::vector<cistern::Endpoint>{{"h", "10000"}});
}
