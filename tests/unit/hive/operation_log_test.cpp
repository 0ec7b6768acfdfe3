// What a statement tells about itself beside its rows.

#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace hive::test;
using namespace std::chrono_literals;

namespace {

std::string log_batch(std::vector<std::string> lines) {
    hive::rpc::TFetchResultsResp result;
    result.status = success();
    hive::rpc::TStringColumn texts;
    texts.values = std::move(lines);
    hive::rpc::TColumn column;
    column.__set_stringVal(texts);
    hive::rpc::TRowSet rows;
    rows.__set_columns({column});
    result.__set_results(rows);
    return reply("FetchResults", result);
}

std::string log_batch(std::size_t lines, const std::string& line) {
    return log_batch(std::vector<std::string>(lines, line));
}

}  // namespace

TEST_CASE("the log's lines are fetched as the server keeps them", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    const std::vector<std::string> lines{"INFO : Compiling", "", "INFO : Done"};
    fixture.server->prepare(log_batch(lines));
    CHECK(operation->log() == lines);
    CHECK(request_of<hive::rpc::TFetchResultsReq>(fixture.server->last_call()).fetchType == 1);
}

TEST_CASE("a log without an end comes in parts", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    const auto bytes_per_line = GENERATE(as<std::size_t>{}, 10, 4000);
    fixture.script->answers([&](std::string_view call) {
        fixture.server->prepare(log_batch(1000, std::string(bytes_per_line, 'x')));
        return fixture.server->answer(call);
    });
    const auto lines = operation->log();
    CHECK(lines.size() >= 1000);
    CHECK(lines.size() <= 16'000);
    CHECK(lines.size() * bytes_per_line < 32 * 1024 * 1024);
    CHECK(operation->log().size() == lines.size());  // the next part
}

TEST_CASE("a log that comes slowly takes no longer than one answer may", "[unit][hive]") {
    SessionFixture fixture{{{"call_timeout", "3s"}}};
    const auto operation = fixture.session().execute("select");
    fixture.script->answers([&](std::string_view call) {
        fixture.io.manual_clock().advance(1s);
        fixture.server->prepare(log_batch(1000, "x"));
        return fixture.server->answer(call);
    });
    CHECK(operation->log().size() == 3000);
    CHECK(fixture.io.clock().now() == 3s);
    REQUIRE(fixture.script->last_deadline());
    CHECK(fixture.script->last_deadline()->since_clock_epoch() == 3s);  // one for all its parts
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("a log that cannot be fetched is asked for the old way, and may be missing",
          "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    hive::rpc::TGetLogResp old;
    old.status = success();
    old.log = "one\ntwo\n";
    fixture.server->prepare(refused_fetch("no log"));
    fixture.server->prepare(reply("GetLog", old));
    CHECK(operation->log() == std::vector<std::string>{"one", "two"});
    old.log += "three";
    fixture.server->prepare(refused_fetch("no log"));
    fixture.server->prepare(reply("GetLog", old));
    CHECK(operation->log() ==
          std::vector<std::string>{"three"});  // all of it came, the new is told
    fixture.server->prepare(refused_fetch("no log"));
    CHECK(operation->log().empty());
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("a server too old to fetch its log is not asked to, as it would give rows",
          "[unit][hive]") {
    SessionFixture fixture{{{"protocol_version", "6"}}};
    const auto operation = fixture.session().execute("select");
    static_cast<void>(operation->log());
    CHECK(fixture.server->count("FetchResults") == 0);
    CHECK(fixture.server->count("GetLog") == 1);
}

TEST_CASE("the query's name is empty where the server has none", "[unit][hive]") {
    SessionFixture fixture;
    const auto operation = fixture.session().execute("select");
    hive::rpc::TGetQueryIdResp named;
    named.queryId = "hive_2024";
    fixture.server->prepare(reply("GetQueryId", named));
    CHECK(operation->query_id() == "hive_2024");
    CHECK(operation->query_id().empty());  // not offered
    fixture.server->prepare(exception_reply("GetQueryId", 6, "Internal error"));
    CHECK(operation->query_id().empty());
    CHECK_FALSE(fixture.connection->is_broken());
}
