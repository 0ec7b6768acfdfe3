// The next rows are asked for while the last ones are used, and their answer never gets in the way.

#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;
using namespace std::chrono_literals;
using Methods = std::vector<std::string>;

namespace {

std::string batch_of(std::int32_t number) {
    hive::rpc::TI32Column typed;
    typed.values = {number};
    hive::rpc::TColumn column;
    column.__set_i32Val(typed);
    hive::rpc::TStringColumn words;
    words.values = {"text " + std::to_string(number)};
    hive::rpc::TColumn other;
    other.__set_stringVal(words);
    hive::rpc::TRowSet rows;
    rows.__set_columns({column, other});
    hive::rpc::TFetchResultsResp result;
    result.status = success();
    result.__set_results(rows);
    return reply("FetchResults", result);
}

std::int32_t number_in(const hive::Batch& batch) {
    return std::get<std::vector<std::int32_t>>(batch.columns.at(0).values).at(0);
}

std::string_view text_in(const hive::Batch& batch) {
    return std::get<hive::Texts>(batch.columns.at(1).values)[0];
}

// A result of `count` batches, of which two have been fetched, so that the third is under way.
struct HalfRead {
    explicit HalfRead(int count = 4) {
        for (int number = 1; number <= count; ++number) {
            fixture.server->prepare(batch_of(number));
        }
        operation = fixture.session().execute("select");
        REQUIRE(operation->fetch(batch));
        REQUIRE(operation->fetch(batch));
        REQUIRE_FALSE(fixture.script->unread().empty());
        fixture.server->forget_calls();
    }

    SessionFixture fixture;
    std::unique_ptr<hive::Operation> operation;
    hive::Batch batch;
};

}  // namespace

TEST_CASE("from the second batch on, the next one is asked for before this one is handed out",
          "[unit][hive]") {
    SessionFixture fixture;
    for (int number = 1; number <= 3; ++number) {
        fixture.server->prepare(batch_of(number));
    }
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    const std::size_t asked_by_then[] = {1, 3, 4};
    for (int number = 1; number <= 3; ++number) {
        REQUIRE(operation->fetch(batch));
        CHECK(number_in(batch) == number);
        CHECK(text_in(batch) == "text " + std::to_string(number));
        CHECK(fixture.server->count("FetchResults") ==
              asked_by_then[static_cast<std::size_t>(number) - 1]);
    }
    CHECK_FALSE(operation->fetch(batch));
    CHECK(fixture.server->count("FetchResults") == 4);
    CHECK(fixture.script->unread().empty());
}

TEST_CASE("whoever fetches once leaves nothing under way", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(batch_of(1));
    auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    operation.reset();
    CHECK(fixture.script->unread().empty());
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("another call of the session first reads the rows under way, and none are lost",
          "[unit][hive]") {
    HalfRead half;
    SECTION("a question to the server") {
        CHECK(half.fixture.session().server_info().name == "Fake Hive");
    }
    SECTION("the operation's own log") {
        CHECK(half.operation->log().empty());
    }
    SECTION("the columns") {
        hive::rpc::TGetResultSetMetadataResp metadata;
        metadata.status = success();
        half.fixture.server->prepare(reply("GetResultSetMetadata", metadata));
        CHECK(half.operation->columns().empty());
    }
    SECTION("another statement's rows") {
        half.fixture.server->prepare(batch_of(3));
        const auto other = half.fixture.session().execute("select other");
        hive::Batch batch;
        CHECK(other->fetch(batch));
    }
    CHECK(half.fixture.script->unread().empty());
    CHECK(half.operation->fetch(half.batch));
    CHECK(number_in(half.batch) == 3);
    CHECK(text_in(half.batch) == "text 3");
    CHECK_FALSE(half.fixture.connection->is_broken());
}

TEST_CASE("closing in the middle reads what is under way and keeps the connection",
          "[unit][hive]") {
    HalfRead half;
    half.operation->close();
    CHECK(half.fixture.server->methods() == Methods{"CloseOperation"});
    CHECK(half.fixture.script->unread().empty());
    CHECK_FALSE(half.fixture.connection->is_broken());
    CHECK_FALSE(half.fixture.connection->needs_reset());
    CHECK(half.fixture.session().server_info().name == "Fake Hive");
}

TEST_CASE("rows of an operation that is gone are passed over by the next call", "[unit][hive]") {
    HalfRead half;
    half.operation.reset();
    CHECK(half.fixture.server->calls().empty());  // a destructor does not wait
    CHECK(half.fixture.session().server_info().name == "Fake Hive");
    CHECK(half.fixture.server->methods() == Methods{"CloseOperation", "GetInfo", "GetInfo"});
    CHECK(half.fixture.script->unread().empty());
    CHECK_FALSE(half.fixture.connection->is_broken());
}

TEST_CASE("a reset passes over what the last user asked for", "[unit][hive]") {
    HalfRead half;
    CHECK(half.fixture.connection->needs_reset());
    half.fixture.connection->reset(half.fixture.soon());
    CHECK(half.fixture.script->unread().empty());
    CHECK_FALSE(half.fixture.connection->is_broken());
    CHECK_THROWS_AS(half.operation->fetch(half.batch), cistern::Error);
}

TEST_CASE("a cancel in the middle leaves nothing unread", "[unit][hive]") {
    HalfRead half;
    static_cast<void>(half.fixture.will_connect_again());
    half.operation->cancel();
    CHECK_THROWS_AS(half.operation->fetch(half.batch), hive::StatementCancelled);
    CHECK(half.fixture.script->unread().empty());
    CHECK_FALSE(half.fixture.connection->is_broken());
    CHECK(half.fixture.session().server_info().name == "Fake Hive");
}

TEST_CASE("a cancel that fails loses no rows", "[unit][hive]") {
    HalfRead half;
    half.fixture.io.will_refuse("no way");
    CHECK_THROWS_AS(half.operation->cancel(), cistern::ConnectError);
    CHECK(half.operation->fetch(half.batch));
    CHECK(number_in(half.batch) == 3);
}

TEST_CASE("what goes wrong with rows asked for ahead is told when they are wanted",
          "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(batch_of(1));
    fixture.server->prepare(batch_of(2));
    SECTION("a statement that fails") {
        fixture.server->prepare(refused_fetch("disk full"));
    }
    SECTION("a call that is refused") {
        fixture.server->prepare(exception_reply("FetchResults", 6, "disk full"));
    }
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(operation->fetch(batch));
    CHECK(number_in(batch) == 2);
    const bool by_another_call = GENERATE(false, true);
    if (by_another_call) {
        CHECK(fixture.session().server_info().name == "Fake Hive");
    }
    CHECK_THROWS_WITH(operation->fetch(batch), Catch::Contains("disk full"));
    CHECK(batch.rows == 0);
    CHECK(batch.columns.empty());
    CHECK_FALSE(fixture.connection->is_broken());
    CHECK(fixture.session().server_info().name == "Fake Hive");
}

TEST_CASE("rows that never come lose the connection, not the rows at hand", "[unit][hive]") {
    SessionFixture fixture{{{"call_timeout", "3s"}}};
    fixture.server->prepare(batch_of(1));
    fixture.server->prepare(batch_of(2));
    int fetches = 0;
    fixture.script->answers([&](std::string_view call) {
        const bool is_third = method_of(call) == "FetchResults" && ++fetches == 3;
        return is_third ? std::string{} : fixture.server->answer(call);
    });
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(operation->fetch(batch));
    CHECK(number_in(batch) == 2);
    CHECK_FALSE(fixture.connection->is_broken());
    SECTION("the server is silent") {
        CHECK_THROWS_AS(operation->fetch(batch), cistern::DeadlineExceeded);
    }
    SECTION("the server is gone") {
        fixture.script->then_closes();
        CHECK_THROWS_AS(operation->fetch(batch), cistern::IoError);
    }
    SECTION("another call waits for them") {
        CHECK_THROWS_AS(fixture.session().server_info(), cistern::DeadlineExceeded);
    }
    CHECK(fixture.connection->is_broken());
    CHECK_THROWS_AS(operation->fetch(batch), cistern::Error);
    CHECK(batch.rows == 0);
    CHECK(batch.columns.empty());
}

TEST_CASE("a request for more rows that cannot be sent costs no rows at hand", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(batch_of(1));
    fixture.server->prepare(batch_of(2));
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    // The second request passes, the third does not.
    const auto request = fixture.script->writes().back().size();
    fixture.script->write_fails_at(fixture.script->written().size() + request + 10);
    REQUIRE(operation->fetch(batch));
    CHECK(number_in(batch) == 2);
    CHECK(fixture.connection->is_broken());
    CHECK_THROWS_AS(operation->fetch(batch), cistern::IoError);
}

TEST_CASE("more than one reply to a request for rows ends the connection", "[unit][hive]") {
    HalfRead half;
    half.fixture.script->sends("more");
    CHECK(half.operation->fetch(half.batch));
    CHECK(number_in(half.batch) == 3);
    CHECK(half.fixture.connection->is_broken());
    CHECK_THROWS_AS(half.operation->fetch(half.batch), cistern::Error);
}

TEST_CASE("batches that come in pieces of any size are read whole", "[unit][hive]") {
    const auto size = GENERATE(1, 2, 3, 7, 64);
    SessionFixture fixture;
    fixture.script->in_chunks_of(static_cast<std::size_t>(size));
    for (int number = 1; number <= 4; ++number) {
        fixture.server->prepare(batch_of(number));
    }
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    int rows = 0;
    while (operation->fetch(batch)) {
        CHECK(number_in(batch) == ++rows);
    }
    CHECK(rows == 4);
}
