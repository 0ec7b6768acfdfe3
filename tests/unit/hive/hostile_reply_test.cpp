// Lengths that a server claims and does not mean: refused before memory is taken for them.

#include "session_fixture.hpp"
#include "support/watched_allocations.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using cistern::test::largest_allocation;
using namespace hive::test;

namespace {

// More than any of these conversations needs.
constexpr std::size_t kMuch = 1024 * 1024;

// Answers one call with `body` as the result's fields, then closes.
void answer_with(SessionFixture& fixture, const char* method, const std::string& body) {
    auto message = reply(method, hive::rpc::TGetInfoResp{});
    message.resize(8 + std::string_view{method}.size() + 4);  // the head alone
    message += unhex("0c0000") + body;
    fixture.script->answers(
        [message](std::string_view call) { return with_sequence(message, sequence_of(call)); });
    fixture.script->then_closes();
}

const std::string kSuccess =
    "0c0001080001000000"
    "0000";

}  // namespace

TEST_CASE("hostile lengths in a result cost no memory", "[unit][hive]") {
    const auto body = GENERATE(table<std::string, std::string>({
        {"a list of ints", "0c00030f00030c000000010c00040f0001087fffffff"},
        {"a list of booleans", "0c00030f00030c000000010c00010f0001027fffffff"},
        {"a list of strings", "0c00030f00030c000000010c00070f00010b7fffffff"},
        {"one string", "0c00030f00030c000000010c00070f00010b000000017fffffff"},
        {"one string within the limit", "0c00030f00030c000000010c00070f00010b000000010fffffff"},
        {"a null bitmap", "0c00030f00030c000000010c00040b00027fffffff"},
        {"columns", "0c00030f00030c7fffffff"},
        {"rows", "0c00030f00020c7fffffff"},
        {"values of a row", "0c00030f00020c000000010f00010c7fffffff"},
        {"an unknown string", "0c00030b00637fffffff"},
        {"an unknown list", "0c00030f0063087fffffff"},
        {"an unknown map", "0c00030d00630b0b7fffffff"},
        {"a negative length", "0c00030f00030c000000010c00070f00010bffffffff"},
        {"a negative string", "0c00030b0063ffffffff"},
        {"a type that does not exist", "0c0003630001"},
    }));
    CAPTURE(std::get<0>(body));
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    operation->wait();
    answer_with(fixture, "FetchResults", unhex(kSuccess) + unhex(std::get<1>(body)));
    hive::Batch batch;
    largest_allocation = 0;
    CHECK_THROWS_AS(operation->fetch(batch), cistern::Error);
    CHECK(largest_allocation > 0);
    CHECK(largest_allocation < kMuch);
    CHECK(fixture.connection->is_broken());
}

TEST_CASE("hostile lengths in a schema or a status cost no memory", "[unit][hive]") {
    const auto body = GENERATE(table<std::string, std::string>({
        {"columns", "0c00020f00010c7fffffff"},
        {"types of a column", "0c00020f00010c000000010c00020f00010c7fffffff"},
        {"qualifiers",
         "0c00020f00010c000000010c00020f00010c000000010c00010c00020d00010b0c7fffffff"},
        {"a name", "0c00020f00010c000000010b00017fffffff"},
        {"lines of a status", "0c00010f00020b7fffffff"},
        {"a message", "0c00010b00057fffffff"},
    }));
    CAPTURE(std::get<0>(body));
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    operation->wait();
    answer_with(fixture, "GetResultSetMetadata", unhex(std::get<1>(body)));
    largest_allocation = 0;
    CHECK_THROWS_AS(operation->columns(), cistern::Error);
    CHECK(largest_allocation > 0);
    CHECK(largest_allocation < kMuch);
}

TEST_CASE("a method name of hostile length costs no memory", "[unit][hive]") {
    SessionFixture fixture;
    fixture.script->answers([](std::string_view) { return unhex("800100027fffffff"); });
    fixture.script->then_closes();
    largest_allocation = 0;
    CHECK_THROWS_AS(fixture.session().server_info(), cistern::Error);
    CHECK(largest_allocation > 0);
    CHECK(largest_allocation < kMuch);
}

TEST_CASE("structs nested without end are refused", "[unit][hive]") {
    std::string body;
    for (int level = 0; level < 100'000; ++level) {
        body += unhex("0c0063");
    }
    SessionFixture fixture;
    answer_with(fixture, "GetInfo", body);
    CHECK_THROWS_AS(fixture.session().server_info(), cistern::ProtocolError);
}

TEST_CASE("a reply above max_message_size is refused while it is read", "[unit][hive]") {
    SessionFixture fixture{{{"max_message_size", "64KiB"}}};
    const auto operation = fixture.session().execute("select");
    operation->wait();
    hive::rpc::TFetchResultsResp result;
    result.status = success();
    hive::rpc::TColumn column;
    hive::rpc::TStringColumn typed;
    typed.values.assign(1000, std::string(100, 'x'));
    column.__set_stringVal(typed);
    hive::rpc::TRowSet rows;
    rows.__set_columns({column});
    result.__set_results(rows);
    fixture.server->prepare(reply("FetchResults", result));
    hive::Batch batch;
    CHECK_THROWS_WITH(operation->fetch(batch),
                      Catch::Contains("max_message_size") && Catch::Contains("fetch_size"));
}

TEST_CASE("many strings, each within the limit, do not pass it together", "[unit][hive]") {
    SessionFixture fixture{{{"max_message_size", "64KiB"}}};
    hive::rpc::TOpenSessionResp unused;
    hive::rpc::TGetInfoResp result;
    result.status = success();
    result.status.infoMessages.assign(100, std::string(1000, 'x'));
    result.status.__isset.infoMessages = true;
    fixture.server->prepare(reply("GetInfo", result));
    CHECK_THROWS_AS(fixture.session().server_info(), cistern::ProtocolError);
}
