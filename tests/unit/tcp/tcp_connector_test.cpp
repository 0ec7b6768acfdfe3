#include "tcp_connector.hpp"

#include "support/scripted_io.hpp"

#include <cistern/tcp/session.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>

using namespace std::chrono_literals;
using cistern::ConnectorConfig;
using cistern::test::ScriptedIo;

namespace {

ConnectorConfig config(const std::map<std::string, std::string>& texts) {
    std::map<std::string, cistern::ConfigValue> values;
    for (const auto& [key, text] : texts) {
        values[key] = {text, "test"};
    }
    return {"lines", std::move(values)};
}

struct Opened {
    std::shared_ptr<cistern::test::StreamScript> script;
    std::unique_ptr<cistern::Connection> connection;
    std::vector<std::string> asked_for;

    tcp::Session& session() { return dynamic_cast<tcp::Session&>(*connection); }
};

Opened open(const ConnectorConfig& conf) {
    ScriptedIo io;
    Opened opened;
    opened.script = io.will_connect();
    opened.connection =
        tcp::TcpConnector{}.connect(io, conf, io.clock().deadline_after(std::chrono::seconds{1}));
    opened.asked_for = io.asked_for();
    return opened;
}

}  // namespace

TEST_CASE("the endpoint or the Unix path of the settings is what is connected to", "[unit][tcp]") {
    CHECK(open(config({{"endpoint", "db1:7007"}})).asked_for ==
          std::vector<std::string>{"db1:7007"});
    CHECK(open(config({{"unix_path", "/run/x.sock"}})).asked_for ==
          std::vector<std::string>{"unix:/run/x.sock"});
}

TEST_CASE("connecting says nothing to the server", "[unit][tcp]") {
    CHECK(open(config({{"endpoint", "db1:7007"}})).script->written().empty());
}

TEST_CASE("a one-way session is fit to be lent again after a write", "[unit][tcp]") {
    auto opened = open(config({{"endpoint", "db1:7007"}, {"one_way", "true"}}));
    opened.session().write("event\n", 1s);
    CHECK_NOTHROW(opened.connection->validate(opened.script->clock().deadline_after(1s)));
}

TEST_CASE("the setting max_line_bytes bounds a line", "[unit][tcp]") {
    auto opened = open(config({{"endpoint", "db1:7007"}, {"max_line_bytes", "4"}}));
    opened.script->sends("123\n1234\n");
    CHECK(opened.session().read_line(1s) == "123");
    CHECK_THROWS_AS(opened.session().read_line(1s), cistern::ProtocolError);
}

TEST_CASE("exactly one of endpoint and unix_path is accepted", "[unit][tcp]") {
    const tcp::TcpConnector connector;
    CHECK_NOTHROW(connector.check(config({{"endpoint", "h:1"}})));
    CHECK_NOTHROW(connector.check(config({{"unix_path", "/x"}})));
    CHECK_THROWS_WITH(connector.check(config({})),
                      Catch::Contains("\"lines\"") && Catch::Contains("neither"));
    CHECK_THROWS_WITH(connector.check(config({{"endpoint", "h:1"}, {"unix_path", "/x"}})),
                      Catch::Contains("both") && Catch::Contains("exactly one"));
}

TEST_CASE("a Unix path longer than the system allows is refused before the first connect",
          "[unit][tcp]") {
    const tcp::TcpConnector connector;
    CHECK_NOTHROW(connector.check(config({{"unix_path", std::string(107, 'p')}})));
    CHECK_THROWS_AS(connector.check(config({{"unix_path", std::string(108, 'p')}})),
                    cistern::ConfigError);
}

TEST_CASE("connections to the same place name the same endpoint", "[unit][tcp]") {
    const tcp::TcpConnector connector;
    CHECK(connector.endpoint(config({{"endpoint", "db1:7007"}})) == "db1:7007");
    CHECK(connector.endpoint(config({{"endpoint", "[::1]:7007"}})) == "[::1]:7007");
    CHECK(connector.endpoint(config({{"unix_path", "/run/x.sock"}})) == "unix:/run/x.sock");
}

TEST_CASE("a pool asked for another session than tcp's can be refused at once", "[unit][tcp]") {
    REQUIRE(tcp::TcpConnector{}.session_type() != nullptr);
    CHECK(*tcp::TcpConnector{}.session_type() == typeid(tcp::Session));
}
