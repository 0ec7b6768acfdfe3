// Instances that are found in ZooKeeper: which are tried, in what order, and what is said when none
// is.

#include "big_endian.hpp"
#include "fake_zookeeper.hpp"
#include "hive_connector.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

constexpr auto* kUrl =
    "jdbc:hive2://zk1,zk2:2182/sales;serviceDiscoveryMode=zooKeeper;zooKeeperNamespace=hive/a";
constexpr auto* kNode = "/hive/a";

std::string instance(const std::string& address, int sequence) {
    return "serverUri=" + address + ";version=4.0.1;sequence=000000000" + std::to_string(sequence);
}

// What a HiveServer2 without SASL publishes.
std::string published(const std::string& host, const std::string& port) {
    return "hive.server2.instance.uri=" + host + ':' + port +
           ";hive.server2.authentication=NOSASL;hive.server2.transport.mode=binary;"
           "hive.server2.thrift.sasl.qop=auth;hive.server2.thrift.bind.host=" +
           host + ";hive.server2.thrift.port=" + port + ";hive.server2.use.SSL=false";
}

// A ZooKeeper with some instances, and servers behind whatever is connected to next.
struct Registry {
    explicit Registry(const std::vector<std::string>& hosts = {"a", "b", "c"}) {
        auto& node = zookeeper.nodes[kNode];
        int sequence = 0;
        for (const auto& host : hosts) {
            node[instance(host + ":1", sequence++)] = published(host, "1");
        }
    }
    std::shared_ptr<cistern::test::StreamScript> zookeeper_answers() {
        auto script = io.will_connect();
        script->answers([this](std::string_view written) { return zookeeper.answer(written); });
        return script;
    }
    std::shared_ptr<cistern::test::StreamScript> hive_answers() {
        auto script = io.will_connect();
        script->answers([this](std::string_view call) { return server.answer(call); });
        return script;
    }
    std::unique_ptr<cistern::Connection> connect(Given given = {{"url", kUrl}}) {
        return connector.connect(io, config(given), io.clock().deadline_after(6s));
    }
    [[nodiscard]] std::string asked() const {
        std::string all;
        for (const auto& one : io.asked_for()) {
            all += (all.empty() ? "" : " ") + one;
        }
        return all;
    }

    cistern::test::ScriptedIo io;
    FakeZooKeeper zookeeper;
    FakeHive server;
    hive::HiveConnector connector;
};

}  // namespace

TEST_CASE("a URL for ZooKeeper opens a session with an instance that is registered there",
          "[unit][hive]") {
    Registry registry{{"a"}};
    const auto zookeeper = registry.zookeeper_answers();
    static_cast<void>(registry.hive_answers());
    const auto connection = registry.connect();
    CHECK(dynamic_cast<hive::Session&>(*connection).server_info().name == "Fake Hive");
    CHECK(registry.asked() == "zk1:2181 a:1");
    CHECK(registry.zookeeper.requests() ==
          std::vector<std::string>{
              "connect", "children /hive/a", "data /hive/a/" + instance("a:1", 0), "close"});
    CHECK(zookeeper->open_streams() == 0);
}

TEST_CASE("settings ask for the same without a URL", "[unit][hive]") {
    Registry registry{{"a"}};
    registry.zookeeper.nodes["/hiveserver2"] = registry.zookeeper.nodes[kNode];
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect({{"zookeeper", "zk1, zk2:2182"}}));
    CHECK(registry.asked() == "zk1:2181 a:1");
    CHECK(registry.connector.endpoint(config({{"zookeeper", "zk1, zk2:2182"}})) ==
          "zk1:2181,zk2:2182/hiveserver2");
}

TEST_CASE("chance says which instance is tried first", "[unit][hive]") {
    Registry registry;
    std::vector<std::string> first;
    for (const double chance : {0.0, 0.4, 0.9}) {
        registry.io.set_chance(chance);
        static_cast<void>(registry.zookeeper_answers());
        static_cast<void>(registry.hive_answers());
        CHECK(registry.connect());
        first.push_back(registry.io.asked_for().back());
    }
    std::sort(first.begin(), first.end());
    CHECK(first == std::vector<std::string>{"a:1", "b:1", "c:1"});
}

TEST_CASE("an instance that refuses is not tried twice in one connect", "[unit][hive]") {
    Registry registry;
    static_cast<void>(registry.zookeeper_answers());
    registry.io.will_refuse("first reason");
    registry.io.will_refuse("second reason");
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    auto tried = registry.io.asked_for();
    tried.erase(tried.begin());
    std::sort(tried.begin(), tried.end());
    CHECK(tried == std::vector<std::string>{"a:1", "b:1", "c:1"});
}

TEST_CASE("an instance that refused is tried after the others for half a minute", "[unit][hive]") {
    Registry registry{{"a", "b"}};
    static_cast<void>(registry.zookeeper_answers());
    registry.io.will_refuse("dead");
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    REQUIRE(registry.asked() == "zk1:2181 b:1 a:1");

    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    CHECK(registry.asked() == "zk1:2181 b:1 a:1 zk1:2181 a:1");

    registry.io.manual_clock().advance_to(registry.io.clock().deadline_after(30s));
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    CHECK(registry.io.asked_for().back() == "b:1");
}

TEST_CASE("when all instances refuse, the error names each with its own reason", "[unit][hive]") {
    Registry registry{{"a", "b"}};
    static_cast<void>(registry.zookeeper_answers());
    registry.io.will_refuse("first reason");
    registry.io.will_refuse("second reason");
    try {
        static_cast<void>(registry.connect());
        FAIL("a session was opened");
    } catch (const cistern::ConnectError& error) {
        CHECK_THAT(error.what(),
                   Catch::Contains("none of b:1,a:1, registered in ZooKeeper "
                                   "zk1:2181,zk2:2182/hive/a, opened a session") &&
                       Catch::Contains("b:1: ") && Catch::Contains("first reason") &&
                       Catch::Contains("a:1: ") && Catch::Contains("second reason"));
        CHECK(error.is_transient());
    }
}

TEST_CASE("a server of ZooKeeper that hangs leaves time for the next, and for an instance",
          "[unit][hive]") {
    Registry registry{{"a"}};
    registry.io.will_hang();
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    CHECK(registry.asked() == "zk1:2181 zk2:2182 a:1");
    CHECK(registry.io.clock().now() == 2s);
}

TEST_CASE(
    "a server of ZooKeeper that takes the connection and says nothing does not hold it for ever",
    "[unit][hive]") {
    Registry registry{{"a"}};
    static_cast<void>(registry.io.will_connect());
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
    CHECK(registry.io.clock().now() == 2s);
}

TEST_CASE("when no server of ZooKeeper answers, the error names each", "[unit][hive]") {
    Registry registry;
    registry.io.will_refuse("first reason");
    registry.io.will_connect()->then_closes();
    CHECK_THROWS_WITH(
        registry.connect(),
        Catch::Contains(
            "no server of ZooKeeper told which HiveServer2 are registered below /hive/a") &&
            Catch::Contains("zk1:2181: first reason") && Catch::Contains("zk2:2182: ") &&
            Catch::Contains("lost its quorum"));
}

TEST_CASE("a namespace without instances is said to be so", "[unit][hive]") {
    Registry registry{{}};
    static_cast<void>(registry.zookeeper_answers());
    SECTION("because they have ended") {
        CHECK_THROWS_WITH(registry.connect(),
                          Catch::Contains("none is registered below /hive/a now"));
    }
    SECTION("because nobody ever registered there") {
        registry.zookeeper.nodes.clear();
        CHECK_THROWS_WITH(
            registry.connect(),
            Catch::Contains("there is no node /hive/a") && Catch::Contains("zooKeeperNamespace"));
    }
    SECTION("because what is there is something else") {
        registry.zookeeper.nodes[kNode]["lead\ner"] = "";
        CHECK_THROWS_WITH(registry.connect(),
                          Catch::Contains("\"lead?er\"") && Catch::Contains("serverUri=host:port"));
    }
    CHECK(registry.asked() == "zk1:2181");
}

TEST_CASE("a node that vanished since the list was made is passed over", "[unit][hive]") {
    Registry registry{{"a", "b"}};
    auto script = registry.io.will_connect();
    script->answers([&](std::string_view written) {
        auto reply = registry.zookeeper.answer(written);
        if (registry.zookeeper.requests().back().starts_with("children")) {
            registry.zookeeper.nodes[kNode].erase(instance("b:1", 1));
        }
        return reply;
    });
    SECTION("another is tried") {
        static_cast<void>(registry.hive_answers());
        CHECK(registry.connect());
        CHECK(registry.asked() == "zk1:2181 a:1");
    }
    SECTION("and when that was the last, none is registered") {
        registry.zookeeper.nodes[kNode].erase(instance("a:1", 0));
        CHECK_THROWS_WITH(registry.connect(), Catch::Contains("none is registered below"));
    }
}

TEST_CASE("news that nobody asked ZooKeeper for is passed over", "[unit][hive]") {
    Registry registry{{"a"}};
    registry.zookeeper.unasked = zookeeper_reply(-1, 0, std::string(12, '\0'));
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.hive_answers());
    CHECK(registry.connect());
}

TEST_CASE("a node that not everybody may read is named", "[unit][hive]") {
    Registry registry;
    registry.zookeeper.error = -102;
    static_cast<void>(registry.zookeeper_answers());
    static_cast<void>(registry.zookeeper_answers());
    CHECK_THROWS_WITH(registry.connect(),
                      Catch::Contains("does not show /hive/a: its access list"));
}

TEST_CASE("a server that is not ZooKeeper is recognised before its bytes are believed",
          "[unit][hive]") {
    // Of SASL, of TLS, of HTTP; a greeting that is too short; no session.
    const auto row = GENERATE(table<std::string, std::string>({
        {"0400000011496e76616c696420737461747573203232", "does not answer as ZooKeeper does"},
        {"15030300020228", "does not answer as ZooKeeper does"},
        {"485454502f312e3120343030", "does not answer as ZooKeeper does"},
        {"000000080000000000000001", "does not answer as ZooKeeper does"},
        {"00000010"
         "00000000"
         "00000000"
         "0000000000000000",
         "gave no session"},
    }));
    Registry registry;
    for (int server = 0; server < 2; ++server) {
        registry.io.will_connect()->sends(unhex(std::get<0>(row))).then_closes();
    }
    CHECK_THROWS_WITH(registry.connect(), Catch::Contains(std::get<1>(row)));
}

TEST_CASE("what ZooKeeper sends is bounded before memory is taken for it", "[unit][hive]") {
    const auto greeting = zookeeper_frame(unhex("0000000000007530") + std::string(28, '\1'));
    const auto row = GENERATE_COPY(table<std::string, std::string>({
        {hive::big_endian(0x7fffffff), "wants to send 2147483647 bytes"},
        {zookeeper_frame(std::string(3, '\0')), "ends early"},
        {zookeeper_reply(1, 0, unhex("7fffffff")), "ends early"},
        {zookeeper_reply(1, 0, unhex("0000000100000005") + "abc"), "ends early"},
        {zookeeper_reply(2, 0, unhex("00000000")), "answered request 2 instead of 1"},
    }));
    Registry registry;
    for (int server = 0; server < 2; ++server) {
        registry.io.will_connect()->sends(greeting + std::get<0>(row)).then_closes();
    }
    CHECK_THROWS_WITH(registry.connect(), Catch::Contains(std::get<1>(row)));
}

TEST_CASE("of very many instances some are looked at, and an instance cannot publish a book",
          "[unit][hive]") {
    Registry registry{{}};
    SECTION("many") {
        for (int number = 0; number < 1000; ++number) {
            registry.zookeeper.nodes[kNode][instance("h" + std::to_string(number) + ":1", 1)] =
                published("h" + std::to_string(number), "1");
        }
        static_cast<void>(registry.zookeeper_answers());
        static_cast<void>(registry.hive_answers());
        CHECK(registry.connect());
        CHECK(registry.zookeeper.requests().size() == 2 + 64 + 1);
    }
    SECTION("large") {
        registry.zookeeper.nodes[kNode][instance("a:1", 1)] = std::string(70'000, 'x');
        static_cast<void>(registry.zookeeper_answers());
        static_cast<void>(registry.zookeeper_answers());
        CHECK_THROWS_WITH(registry.connect(), Catch::Contains("no more than 65"));
    }
}

TEST_CASE("an instance that refuses the password ends the connect: the others know us no better",
          "[unit][hive]") {
    Registry registry{{"a", "b"}};
    for (auto& [name, data] : registry.zookeeper.nodes[kNode]) {
        data = "hive.server2.authentication=LDAP";
    }
    static_cast<void>(registry.zookeeper_answers());
    registry.io.will_connect()->sends(unhex("0300000018") + "Error validating the lo.");
    CHECK_THROWS_AS(registry.connect(), cistern::AuthError);
    CHECK(registry.asked() == "zk1:2181 b:1");
}
