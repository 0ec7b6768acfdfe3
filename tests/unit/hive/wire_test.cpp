// The bytes of calls and replies, against bytes made by other means.

#include "dial.hpp"
#include "hive_connector.hpp"
#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

// Without the sequence id, which counts up.
std::string hex_of_call(const std::string& call) {
    return hex(with_sequence(call, 0));
}

// Lets `server` open a session with sixteen bytes of 0x11 and 0x22 as its handle.
std::string recorded_handle() {
    hive::rpc::TOpenSessionResp result;
    result.status = success();
    result.serverProtocolVersion = 9;
    hive::rpc::TSessionHandle session;
    session.sessionId.guid = std::string(16, '\x11');
    session.sessionId.secret = std::string(16, '\x22');
    result.__set_sessionHandle(session);
    return reply("OpenSession", result);
}

}  // namespace

TEST_CASE("a session is opened with the bytes that the protocol wants", "[unit][hive]") {
    cistern::test::ScriptedIo io;
    FakeHive server;
    io.will_connect()->answers([&](std::string_view call) { return server.answer(call); });
    hive::SessionSpec spec;
    spec.opening = hive::Opening::kNoSasl;
    spec.user = "u";
    spec.configuration = {{"use:database", "d"}};
    spec.max_message_size = 1 << 20;
    spec.redact = std::make_shared<const hive::Redactor>(std::initializer_list<cistern::Secret>{});
    const auto deadline = io.clock().deadline_after(1s);
    const auto rpc = hive::dial(io, spec, {"h", "1"}, deadline);
    static_cast<void>(hive::open_session(*rpc, spec, 10, deadline));

    CHECK(hex_of_call(server.last_call()) ==
          "800100010000000b4f70656e53657373696f6e000000000c0001080001000000090b000200000001750d0004"
          "0b0b0000"
          "00010000000c7573653a646174616261736500000001640000");
}

TEST_CASE("a statement is started with the bytes that the protocol wants", "[unit][hive]") {
    cistern::test::ScriptedIo io;
    FakeHive server;
    server.prepare(recorded_handle());
    io.will_connect()->answers([&](std::string_view call) { return server.answer(call); });
    hive::HiveConnector connector;
    const auto connection = connector.connect(
        io, config({{"endpoint", "h:1"}, {"auth", "nosasl"}}), io.clock().deadline_after(1s));
    const auto operation = dynamic_cast<hive::Session&>(*connection).execute("SELECT 1");

    CHECK(hex_of_call(server.last_call()) ==
          "80010001000000104578656375746553746174656d656e74000000000c00010c00010c00010b000100000010"
          "11111111"
          "1111111111111111111111110b0002000000102222222222222222222222222222222200000b000200000008"
          "53454c45"
          "43542031020004010a000500000000000000000000");
}

TEST_CASE("a columnar reply is read as it came over the wire", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select i from t");
    fixture.server->prepare(
        unhex("80010002000000124765744f7065726174696f6e537461747573000000000c00000c0001080001000000"
              "000008000200"
              "000002020009010000"));
    fixture.server->prepare(
        unhex("800100020000000c4665746368526573756c7473000000000c00000c0001080001000000000002000200"
              "0c00030a000100"
              "000000000000000f00020c000000000f00030c000000010c00040f000108000000030000000700000000"
              "00000009"
              "0b000200000001020000000000"));
    operation->wait();
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.rows == 3);
    const auto& column = batch.columns.at(0);
    CHECK(std::get<std::vector<std::int32_t>>(column.values) == std::vector<std::int32_t>{7, 0, 9});
    CHECK_FALSE(column.is_null(0));
    CHECK(column.is_null(1));
    CHECK_FALSE(column.is_null(2));
}

TEST_CASE("a reply of rows, as before version 6, becomes columns", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select * from t");
    fixture.server->prepare(
        unhex("800100020000000c4665746368526573756c7473000000000c00000c0001080001000000000002000200"
              "0c00030a000100"
              "000000000000000f00020c000000010f00010c000000020c00040800010000000700000c000700000000"
              "0000"));
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.rows == 1);
    REQUIRE(batch.columns.size() == 2);
    CHECK(std::get<std::vector<std::int32_t>>(batch.columns[0].values) ==
          std::vector<std::int32_t>{7});
    CHECK(batch.columns[1].is_null(0));
}

TEST_CASE("a method that the server lacks leaves the connection usable", "[unit][hive]") {
    SessionFixture fixture{{{"protocol_version", "6"}}};  // where the log comes from GetLog
    const auto operation = fixture.session().execute("select 1");
    fixture.server->prepare(
        unhex("80010003000000064765744c6f67000000000b00010000001d496e76616c6964206d6574686f64206e61"
              "6d653a202747"
              "65744c6f67270800020000000100"));
    CHECK(operation->log().empty());
    CHECK(fixture.server->count("GetLog") == 1);
    CHECK(operation->log().empty());
    CHECK(fixture.server->count("GetLog") == 1);  // learnt
    CHECK_FALSE(fixture.connection->is_broken());
    CHECK(fixture.session().server_info().name == "Fake Hive");
}

TEST_CASE("a reply that belongs to another call is refused", "[unit][hive]") {
    SessionFixture fixture;
    SECTION("another method") {
        fixture.script->answers([](std::string_view call) {
            hive::rpc::TGetInfoResp result;
            return with_sequence(reply("GetFunctions", result), sequence_of(call));
        });
    }
    SECTION("another sequence id") {
        fixture.script->answers([](std::string_view call) {
            hive::rpc::TGetInfoResp result;
            return with_sequence(reply("GetInfo", result), sequence_of(call) + 1);
        });
    }
    SECTION("no result in it") {
        fixture.script->answers([](std::string_view call) {
            return with_sequence(unhex("8001000200000007476574496e666f0000000000"),
                                 sequence_of(call));
        });
    }
    SECTION("two replies at once") {
        fixture.script->answers([&](std::string_view call) {
            return fixture.server->answer(call) + fixture.server->answer(call);
        });
        static_cast<void>(fixture.session().schemas());
    }
    CHECK_THROWS_AS(fixture.session().server_info(), cistern::ProtocolError);
    CHECK(fixture.connection->is_broken());
    CHECK_THROWS_AS(fixture.session().server_info(), cistern::IoError);  // and stays so
}

TEST_CASE("replies may arrive in pieces of any size", "[unit][hive]") {
    const auto size = GENERATE(1, 2, 3, 7, 64);
    SessionFixture fixture;
    fixture.script->in_chunks_of(static_cast<std::size_t>(size));
    CHECK(fixture.session().server_info().name == "Fake Hive");
    const auto operation = fixture.session().execute("select 1");
    hive::Batch batch;
    CHECK_FALSE(operation->fetch(batch));
}
