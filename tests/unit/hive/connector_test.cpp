// Opening sessions: hosts, versions, refusals.

#include "hive_connector.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

struct Opening {
    std::unique_ptr<cistern::Connection> connect(Given given) {
        given.emplace("auth", "nosasl");
        return connector.connect(io, config(given), io.clock().deadline_after(6s));
    }
    std::shared_ptr<cistern::test::StreamScript> server_behind_next_connect() {
        auto script = io.will_connect();
        script->answers([fake = server](std::string_view call) { return fake->answer(call); });
        return script;
    }

    cistern::test::ScriptedIo io;
    std::shared_ptr<FakeHive> server = std::make_shared<FakeHive>();
    hive::HiveConnector connector;
};

std::string refused_session(const std::string& message) {
    hive::rpc::TOpenSessionResp result;
    result.status = failure(message);
    result.serverProtocolVersion = 10;
    return reply("OpenSession", result);
}

std::string opened_with(std::int32_t version) {
    hive::rpc::TOpenSessionResp result;
    result.status = success();
    result.serverProtocolVersion = version;
    result.__set_sessionHandle({});
    return reply("OpenSession", result);
}

int version_of(cistern::Connection& connection) {
    return dynamic_cast<hive::Session&>(connection).protocol_version();
}

const std::string kTwoHosts = "jdbc:hive2://a:1,b:2/d";

}  // namespace

TEST_CASE("the hosts of a URL are tried in order until one opens a session", "[unit][hive]") {
    Opening opening;
    opening.io.will_refuse("refused");
    static_cast<void>(opening.server_behind_next_connect());
    CHECK(opening.connect({{"url", kTwoHosts}}));
    CHECK(opening.io.asked_for() == std::vector<std::string>{"a:1", "b:2"});
}

TEST_CASE("a host that hangs leaves time for the next", "[unit][hive]") {
    Opening opening;
    opening.io.will_hang();
    static_cast<void>(opening.server_behind_next_connect());
    CHECK(opening.connect({{"url", kTwoHosts}}));
    CHECK(opening.io.clock().now() == 3s);
}

TEST_CASE("hosts can be tried in turn, to spread the sessions", "[unit][hive]") {
    Opening opening;
    for (int round = 0; round < 3; ++round) {
        static_cast<void>(opening.server_behind_next_connect());
        CHECK(opening.connect({{"url", kTwoHosts}, {"host_order", "rotate"}}));
    }
    CHECK(opening.io.asked_for() == std::vector<std::string>{"a:1", "b:2", "a:1"});
}

TEST_CASE("when no host opens a session, the error tells of each", "[unit][hive]") {
    Opening opening;
    opening.io.will_refuse("first reason");
    opening.io.will_refuse("second reason");
    CHECK_THROWS_WITH(opening.connect({{"url", kTwoHosts}}),
                      Catch::Contains("first reason") && Catch::Contains("second reason") &&
                          Catch::Contains("a:1,b:2"));
}

TEST_CASE("the version is the lower of both sides', and an unknown one is no error",
          "[unit][hive]") {
    const auto row = GENERATE(
        table<std::int32_t, int>({{10, 11}, {9, 10}, {5, 6}, {0, 1}, {42241, 11}, {-7, 11}}));
    Opening opening;
    opening.server->prepare(opened_with(std::get<0>(row)));
    static_cast<void>(opening.server_behind_next_connect());
    const auto connection = opening.connect({{"endpoint", "h:1"}});
    CHECK(version_of(*connection) == std::get<1>(row));
}

TEST_CASE("a host that refuses every version is offered the newest again the next time",
          "[unit][hive]") {
    Opening opening;
    for (int version = 0; version < 5; ++version) {
        static_cast<void>(opening.server_behind_next_connect());
        opening.server->prepare(exception_reply("OpenSession", 7, "Out of order"));
    }
    CHECK_THROWS_AS(opening.connect({{"endpoint", "h:1"}}), cistern::ConnectError);
    CHECK(opening.io.asked_for().size() == 5);

    static_cast<void>(opening.server_behind_next_connect());
    CHECK(version_of(*opening.connect({{"endpoint", "h:1"}})) == 11);
}

TEST_CASE("what one host does not know is still offered to the others", "[unit][hive]") {
    Opening opening;
    const Given two_hosts{{"url", kTwoHosts}, {"host_order", "rotate"}};
    for (int connect = 0; connect < 4; ++connect) {
        static_cast<void>(opening.server_behind_next_connect());
    }
    opening.server->prepare(
        exception_reply("OpenSession", 7, "Required field 'client_protocol' is unset!"));
    CHECK(version_of(*opening.connect(two_hosts)) == 10);
    CHECK(version_of(*opening.connect(two_hosts)) == 11);
    CHECK(version_of(*opening.connect(two_hosts)) == 10);
    CHECK(opening.io.asked_for() == std::vector<std::string>{"a:1", "a:1", "b:2", "a:1"});
}

TEST_CASE("a server that does not know the version offered gets a lower one, once and for all",
          "[unit][hive]") {
    Opening opening;
    const auto first = opening.server_behind_next_connect();
    static_cast<void>(opening.server_behind_next_connect());
    opening.server->prepare(
        exception_reply("OpenSession", 7, "Required field 'client_protocol' is unset!"));
    CHECK(version_of(*opening.connect({{"endpoint", "h:1"}})) == 10);
    CHECK(first->open_streams() == 0);
    CHECK(opening.io.asked_for().size() == 2);

    static_cast<void>(opening.server_behind_next_connect());
    CHECK(version_of(*opening.connect({{"endpoint", "h:1"}})) == 10);
    CHECK(opening.io.asked_for().size() == 3);
}

TEST_CASE("a server's exception about the login never shows the password", "[unit][hive]") {
    Opening opening;
    static_cast<void>(opening.server_behind_next_connect());
    opening.server->prepare(exception_reply(
        "OpenSession", 6, "TOpenSessionReq(username:ann, password:hush, configuration:{})"));
    CHECK_THROWS_WITH(opening.connect({{"endpoint", "h:1"}, {"user", "ann"}, {"password", "hush"}}),
                      !Catch::Contains("hush") && Catch::Contains("OpenSession"));
    static_cast<void>(opening.server_behind_next_connect());
    opening.server->prepare(refused_session("no session for ann with hush"));
    CHECK_THROWS_WITH(opening.connect({{"endpoint", "h:1"}, {"user", "ann"}, {"password", "hush"}}),
                      Catch::Contains("no session for ann with ***"));
}

TEST_CASE("a refused session is a failed connect with the server's words", "[unit][hive]") {
    Opening opening;
    static_cast<void>(opening.server_behind_next_connect());
    SECTION("a database that is not there will not be there the next time") {
        opening.server->prepare(refused_session("Database nowhere does not exist"));
        try {
            static_cast<void>(opening.connect({{"endpoint", "h:1"}}));
            FAIL("a session was opened");
        } catch (const cistern::ConnectError& error) {
            CHECK_THAT(error.what(), Catch::Contains("Database nowhere does not exist"));
            CHECK_FALSE(error.is_transient());
        }
    }
    SECTION("a server that is full may have room later") {
        opening.server->prepare(refused_session("Connection limit per user reached"));
        try {
            static_cast<void>(opening.connect({{"endpoint", "h:1"}}));
            FAIL("a session was opened");
        } catch (const cistern::ConnectError& error) {
            CHECK(error.is_transient());
        }
    }
    SECTION("acting for somebody else is a matter of who we are") {
        opening.server->prepare(
            refused_session("Failed to validate proxy privilege of ann for bob"));
        CHECK_THROWS_AS(opening.connect({{"endpoint", "h:1"}}), cistern::AuthError);
    }
}

TEST_CASE("a server that speaks something else than bare Thrift is named", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"0300000000", "auth to none"},
        {"485454502f", "HTTP"},
        {"1503030002", "TLS"},
        {"00", "first byte, 0"},
        {"", "may expect SASL"},
    }));
    Opening opening;
    opening.io.will_connect()->sends(unhex(std::get<0>(row))).then_closes();
    CHECK_THROWS_WITH(opening.connect({{"endpoint", "h:1"}}), Catch::Contains(std::get<1>(row)));
}

TEST_CASE("a Hive without TLS that is asked for it is named by how it answers", "[unit][hive]") {
    const auto row = GENERATE(table<std::string, std::string>({
        {"0400000011496e76616c696420737461747573203232", "it speaks SASL without TLS"},
        {"8001000300000000", "it runs without TLS and without SASL"},
        {"485454502f312e3120343030", "it speaks HTTP without TLS"},
        {"0001", "its answer begins with the bytes 00 01"},
        {"", "hung up during the TLS handshake"},
    }));
    Opening opening;
    opening.io.will_connect()->sends(unhex(std::get<0>(row))).then_closes();
    CHECK_THROWS_WITH(opening.connect({{"endpoint", "h:1"}, {"tls", "on"}}),
                      Catch::Contains(std::get<1>(row)));
}

TEST_CASE("through SASL the whole session runs in frames", "[unit][hive]") {
    Opening opening;
    auto script = opening.io.will_connect();
    script->answers([&, logged_in = false](std::string_view written) mutable {
        if (!std::exchange(logged_in, true)) {
            return unhex("0500000000");
        }
        const auto answer = opening.server->answer(written.substr(4));
        const auto half = answer.size() / 2;
        const auto frame = [](std::string_view bytes) {
            return std::string("\0\0", 2) + static_cast<char>(bytes.size() >> 8) +
                   static_cast<char>(bytes.size()) + std::string{bytes};
        };
        return frame(std::string_view{answer}.substr(0, half)) +
               frame(std::string_view{answer}.substr(half));
    });
    const auto connection = opening.connect(
        {{"endpoint", "h:1"}, {"auth", "ldap"}, {"user", "ann"}, {"password", "p"}});
    CHECK(dynamic_cast<hive::Session&>(*connection).server_info().name == "Fake Hive");
    CHECK_FALSE(connection->is_broken());
    const auto opened = request_of<hive::rpc::TOpenSessionReq>(opening.server->calls().front());
    CHECK(opened.password.empty());  // told once, by SASL
}

TEST_CASE("settings that contradict each other stop the start", "[unit][hive]") {
    const hive::HiveConnector connector;
    CHECK_THROWS_AS(connector.check(config({})), cistern::ConfigError);
    CHECK_NOTHROW(connector.check(config({{"url", kTwoHosts}})));
    CHECK(connector.endpoint(config({{"url", kTwoHosts}})) == "a:1,b:2");
    CHECK(*connector.session_type() == typeid(hive::Session));
}
