// What servers make of a result's rows: each does it a little differently.

#include "session_fixture.hpp"

#include <cistern/error.hpp>

#include <catch2/catch.hpp>

using namespace hive::test;

namespace {

using hive::rpc::TColumn;
using hive::rpc::TFetchResultsResp;
using hive::rpc::TRow;
using hive::rpc::TRowSet;

TColumn ints(std::vector<std::int32_t> values, const std::string& nulls) {
    TColumn column;
    hive::rpc::TI32Column typed;
    typed.values = std::move(values);
    typed.nulls = nulls;
    column.__set_i32Val(typed);
    return column;
}

TColumn texts(std::vector<std::string> values, const std::string& nulls) {
    TColumn column;
    hive::rpc::TStringColumn typed;
    typed.values = std::move(values);
    typed.nulls = nulls;
    column.__set_stringVal(typed);
    return column;
}

std::string batch_of(std::vector<TColumn> columns, bool has_more = false) {
    TFetchResultsResp result;
    result.status = success();
    result.__set_hasMoreRows(has_more);
    TRowSet rows;
    rows.__set_columns(std::move(columns));
    result.__set_results(rows);
    return reply("FetchResults", result);
}

std::string batch_of_rows(std::vector<TRow> listed) {
    TFetchResultsResp result;
    result.status = success();
    TRowSet rows;
    rows.rows = std::move(listed);
    result.__set_results(rows);
    return reply("FetchResults", result);
}

hive::rpc::TColumnValue number(std::optional<std::int32_t> value) {
    hive::rpc::TColumnValue cell;
    hive::rpc::TI32Value typed;
    if (value) {
        typed.__set_value(*value);
    }
    cell.__set_i32Val(typed);
    return cell;
}

hive::rpc::TColumnValue text(const std::string& value) {
    hive::rpc::TColumnValue cell;
    hive::rpc::TStringValue typed;
    typed.__set_value(value);
    cell.__set_stringVal(typed);
    return cell;
}

TRow row(std::vector<hive::rpc::TColumnValue> cells) {
    TRow made;
    made.colVals = std::move(cells);
    return made;
}

// The batch that a session reads from one reply.
struct Fetched {
    explicit Fetched(const std::string& message) {
        fixture.server->prepare(message);
        operation = fixture.session().execute("select");
        has_rows = operation->fetch(batch);
    }
    SessionFixture fixture;
    std::unique_ptr<hive::Operation> operation;
    hive::Batch batch;
    bool has_rows = false;
};

}  // namespace

TEST_CASE("a null bitmap may have any length", "[unit][hive]") {
    const auto form = GENERATE(table<std::string, std::string, int>({
        {"Hive, row 9 of 10", std::string("\x00\x02", 2), 9},
        {"Hive, none", std::string("\x00", 1), -1},
        {"Kyuubi and Spark, none", "", -1},
        {"Impala, none", std::string("\x00\x00", 2), -1},
        {"Hive and Impala, row 7", std::string("\x80\x00", 2), 7},
        {"Kyuubi, row 7", "\x80", 7},
        {"too long by far", std::string("\x00\x02", 2) + std::string(5000, '\xff'), 9},
    }));
    CAPTURE(std::get<0>(form));
    const Fetched fetched{batch_of({ints({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, std::get<1>(form))})};
    REQUIRE(fetched.batch.rows == 10);
    for (int at = 0; at < 10; ++at) {
        CHECK(fetched.batch.columns[0].is_null(static_cast<std::size_t>(at)) ==
              (at == std::get<2>(form)));
    }
}

TEST_CASE("the longest column counts the rows, and a shorter one ends in NULLs", "[unit][hive]") {
    const Fetched fetched{batch_of({texts({}, ""), ints({1, 2, 3}, ""), texts({"a"}, "")})};
    REQUIRE(fetched.has_rows);
    REQUIRE(fetched.batch.rows == 3);
    CHECK(fetched.batch.columns[0].is_null(0));
    CHECK_FALSE(fetched.batch.columns[2].is_null(0));
    CHECK(fetched.batch.columns[2].is_null(1));
}

TEST_CASE("only a batch without rows and without a promise of more ends a result", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(batch_of({ints({1}, "")}));       // says that there is no more
    fixture.server->prepare(batch_of({ints({}, "")}, true));  // nothing right now
    fixture.server->prepare(batch_of({ints({2}, "")}, true));
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    CHECK(std::get<std::vector<std::int32_t>>(batch.columns[0].values).front() == 1);
    REQUIRE(operation->fetch(batch));
    CHECK(std::get<std::vector<std::int32_t>>(batch.columns[0].values).front() == 2);
    CHECK_FALSE(operation->fetch(batch));
    CHECK(batch.rows == 0);
    const auto fetches = fixture.server->count("FetchResults");
    CHECK_FALSE(operation->fetch(batch));  // the end is remembered
    CHECK(fixture.server->count("FetchResults") == fetches);
}

TEST_CASE("a batch is read into memory that is used again, whatever it held", "[unit][hive]") {
    SessionFixture fixture;
    fixture.server->prepare(batch_of({texts({"x", "y"}, "\x01"), ints({1, 2}, "")}));
    fixture.server->prepare(batch_of({ints({5}, "")}));
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    REQUIRE(operation->fetch(batch));
    REQUIRE(operation->fetch(batch));
    REQUIRE(batch.columns.size() == 1);
    CHECK(batch.rows == 1);
    CHECK_FALSE(batch.columns[0].is_null(0));
}

TEST_CASE("strings are bytes: empty, with zeros in them, or longer than any buffer",
          "[unit][hive]") {
    const std::string long_text(300'000, 'x');
    const Fetched fetched{
        batch_of({texts({"", std::string("a\0b", 3), long_text, "\xff\xfe"}, "")})};
    const auto& values = std::get<hive::Texts>(fetched.batch.columns[0].values);
    REQUIRE(values.size() == 4);
    CHECK(values[0].empty());
    CHECK(values[1] == std::string_view("a\0b", 3));
    CHECK(values[2] == long_text);
    CHECK(values[3] == "\xff\xfe");
}

TEST_CASE("BOOLEAN is 0 or 1, whatever byte a server sends for true", "[unit][hive]") {
    TColumn column;
    hive::rpc::TBoolColumn typed;
    typed.values = {true, false};
    column.__set_boolVal(typed);
    auto message = batch_of({column});
    const auto at = message.find(std::string("\x00\x00\x00\x02\x01\x00", 6));
    REQUIRE(at != std::string::npos);
    message[at + 4] = '\x7f';
    const Fetched fetched{message};
    CHECK(std::get<std::vector<std::uint8_t>>(fetched.batch.columns[0].values) ==
          std::vector<std::uint8_t>{1, 0});
}

TEST_CASE("a NULL in a row may come as another type than the column's", "[unit][hive]") {
    const Fetched fetched{
        batch_of_rows({row({number(1)}), row({hive::rpc::TColumnValue{}}), row({number({})})})};
    REQUIRE(fetched.batch.rows == 3);
    CHECK_FALSE(fetched.batch.columns[0].is_null(0));
    CHECK(fetched.batch.columns[0].is_null(1));
    CHECK(fetched.batch.columns[0].is_null(2));
}

TEST_CASE("rows that do not fit each other are refused", "[unit][hive]") {
    CHECK_THROWS_AS(Fetched(batch_of_rows({row({number(1)}), row({number(1), number(2)})})),
                    cistern::ProtocolError);
    CHECK_THROWS_AS(Fetched(batch_of_rows({row({number(1)}), row({text("x")})})),
                    cistern::ProtocolError);
}

TEST_CASE("results serialised in the server's tasks are refused by name", "[unit][hive]") {
    TFetchResultsResp result;
    result.status = success();
    TRowSet rows;
    rows.__set_columnCount(3);
    SECTION("with the serialised columns") {
        rows.__set_binaryColumns("\x15\x02");
    }
    SECTION("with nothing but their number") {}
    result.__set_results(rows);
    SessionFixture fixture;
    fixture.server->prepare(reply("FetchResults", result));
    const auto operation = fixture.session().execute("select");
    hive::Batch batch;
    CHECK_THROWS_WITH(operation->fetch(batch), Catch::Contains("serialize.in.tasks"));
    CHECK_FALSE(fixture.connection->is_broken());
}

TEST_CASE("fields and types that nobody here knows are passed over", "[unit][hive]") {
    // A status code, a state and a type number from the future; unknown fields beside them.
    hive::rpc::TGetResultSetMetadataResp metadata;
    metadata.status = success();
    hive::rpc::TColumnDesc described;
    described.columnName = "v";
    hive::rpc::TTypeEntry entry;
    hive::rpc::TPrimitiveTypeEntry primitive;
    primitive.type = 99;
    entry.__set_primitiveEntry(primitive);
    described.typeDesc.types.push_back(entry);
    hive::rpc::TTableSchema schema;
    schema.columns.push_back(described);
    metadata.__set_schema(schema);
    SessionFixture fixture;
    fixture.server->prepare(reply("GetResultSetMetadata", metadata));
    const auto operation = fixture.session().execute("select");
    CHECK(static_cast<int>(operation->columns().at(0).type) == 99);
}
