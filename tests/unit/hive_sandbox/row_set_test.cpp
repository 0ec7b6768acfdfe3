#include "rpc/row_set.hpp"

#include "sql/sql_error.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sandbox;
using namespace hive::rpc;

namespace {

std::vector<bool> nulls(int rows, std::vector<int> which) {
    std::vector<bool> out(static_cast<std::size_t>(rows));
    for (const int i : which) {
        out[static_cast<std::size_t>(i)] = true;
    }
    return out;
}

std::string bitmap(int rows, const std::vector<int>& which, BitmapForm form) {
    return null_bitmap(nulls(rows, which), form);
}

TRowSet build(const std::vector<ResultColumn>& columns,
              std::vector<Row> rows,
              int version,
              const Faults& faults = {}) {
    RowSetBuilder builder{columns, version, faults};
    for (Row& row : rows) {
        builder.add(row);
    }
    return std::move(builder).finish();
}

constexpr int kV6 = 5;
constexpr int kV5 = 4;

}  // namespace

TEST_CASE("the NULL bitmap has the form of the server it plays", "[unit][hive_sandbox]") {
    using namespace std::string_literals;
    CHECK(bitmap(10, {9}, BitmapForm::kHive) == "\x00\x02"s);
    CHECK(bitmap(10, {}, BitmapForm::kHive) == "\x00"s);
    CHECK(bitmap(10, {7}, BitmapForm::kHive) == "\x80\x00"s);
    CHECK(bitmap(10, {9}, BitmapForm::kSpark) == "\x00\x02"s);
    CHECK(bitmap(10, {}, BitmapForm::kSpark).empty());
    CHECK(bitmap(10, {7}, BitmapForm::kSpark) == "\x80"s);
    CHECK(bitmap(10, {}, BitmapForm::kPadded) == "\x00\x00"s);
    CHECK(bitmap(10, {7}, BitmapForm::kPadded) == "\x80\x00"s);
    CHECK(bitmap(10, {7}, BitmapForm::kLong).size() == 10);
    CHECK(bitmap(0, {}, BitmapForm::kHive) == "\x00"s);
}

TEST_CASE("each type travels in its own member", "[unit][hive_sandbox]") {
    const std::vector<ResultColumn> columns{{"bo", {TypeId::kBoolean}},
                                            {"ti", {TypeId::kTinyint}},
                                            {"si", {TypeId::kSmallint}},
                                            {"i", {TypeId::kInt}},
                                            {"bi", {TypeId::kBigint}},
                                            {"f", {TypeId::kFloat}},
                                            {"d", {TypeId::kDouble}},
                                            {"s", {TypeId::kString}},
                                            {"b", {TypeId::kBinary}},
                                            {"da", {TypeId::kDate}},
                                            {"de", {TypeId::kDecimal, 0, 5, 2}},
                                            {"n", {TypeId::kNull}}};
    const std::int64_t one = 1;
    const Row row{one,
                  one,
                  one,
                  one,
                  one,
                  0.1,
                  0.5,
                  std::string{"x"},
                  Blob{"y"},
                  std::string{"2024-01-01"},
                  1.5,
                  {}};
    const TRowSet set = build(columns, {row}, kV6);
    REQUIRE(set.columns.size() == columns.size());
    CHECK(set.rows.empty());
    CHECK(set.columns[0].boolVal.values == std::vector<bool>{true});
    CHECK(set.columns[1].byteVal.values == std::vector<std::int8_t>{1});
    CHECK(set.columns[2].i16Val.values == std::vector<std::int16_t>{1});
    CHECK(set.columns[3].i32Val.values == std::vector<std::int32_t>{1});
    CHECK(set.columns[4].i64Val.values == std::vector<std::int64_t>{1});
    CHECK(set.columns[5].doubleVal.values == std::vector<double>{0.1});
    CHECK(set.columns[6].doubleVal.values == std::vector<double>{0.5});
    CHECK(set.columns[7].stringVal.values == std::vector<std::string>{"x"});
    CHECK(set.columns[8].binaryVal.values == std::vector<std::string>{"y"});
    CHECK(set.columns[9].stringVal.values == std::vector<std::string>{"2024-01-01"});
    CHECK(set.columns[10].stringVal.values == std::vector<std::string>{"1.50"});
    CHECK(set.columns[11].__isset.stringVal);
    CHECK(set.columns[11].stringVal.nulls == "\x01");
}

TEST_CASE("NULL leaves the placeholder Hive puts in its place", "[unit][hive_sandbox]") {
    const TRowSet set =
        build({{"bo", {TypeId::kBoolean}}, {"s", {TypeId::kString}}}, {{Cell{}, Cell{}}}, kV6);
    CHECK(set.columns[0].boolVal.values == std::vector<bool>{true});
    CHECK(set.columns[1].stringVal.values == std::vector<std::string>{""});
}

TEST_CASE("old clients get rows, with BINARY as text", "[unit][hive_sandbox]") {
    const TRowSet set = build({{"i", {TypeId::kInt}}, {"b", {TypeId::kBinary}}},
                              {{Cell{std::int64_t{7}}, Blob{"xy"}}, {Cell{}, Cell{}}},
                              kV5);
    CHECK_FALSE(set.__isset.columns);
    REQUIRE(set.rows.size() == 2);
    CHECK(set.rows[0].colVals[0].i32Val.value == 7);
    CHECK(set.rows[0].colVals[1].stringVal.value == "xy");
    CHECK(set.rows[1].colVals[0].__isset.i32Val);
    CHECK_FALSE(set.rows[1].colVals[0].i32Val.__isset.value);
}

TEST_CASE("an empty batch still has its columns", "[unit][hive_sandbox]") {
    const TRowSet set = build({{"i", {TypeId::kInt}}}, {}, kV6);
    REQUIRE(set.columns.size() == 1);
    CHECK(set.columns[0].__isset.i32Val);
    CHECK(set.columns[0].i32Val.values.empty());
}

TEST_CASE("columns of NULLs only can be sent short, and all columns as one block",
          "[unit][hive_sandbox]") {
    Faults faults;
    faults.short_null_columns = true;
    const std::vector<ResultColumn> columns{{"a", {TypeId::kInt}}, {"b", {TypeId::kInt}}};
    const TRowSet set = build(columns, {{Cell{std::int64_t{1}}, Cell{}}}, kV6, faults);
    CHECK(set.columns[0].i32Val.values.size() == 1);
    CHECK(set.columns[1].i32Val.values.empty());

    faults.compact_columns = true;
    const TRowSet block = build(columns, {{Cell{std::int64_t{1}}, Cell{}}}, kV6, faults);
    CHECK_FALSE(block.__isset.columns);
    CHECK(block.columnCount == 2);
    CHECK_FALSE(block.binaryColumns.empty());
}

TEST_CASE("a value that its column cannot hold is an error, not another value",
          "[unit][hive_sandbox]") {
    CHECK_THROWS_WITH(canonical(Cell{std::int64_t{1} << 40}, {"big", {TypeId::kInt}}),
                      Catch::Contains("big") && Catch::Contains("1099511627776"));
    CHECK(canonical(std::string{"12"}, {"n", {TypeId::kInt}}) == Cell{std::int64_t{12}});
}

TEST_CASE("a schema names types, lengths and positions", "[unit][hive_sandbox]") {
    const TTableSchema schema = make_schema(
        {{"a", {TypeId::kVarchar, 5}}, {"b", {TypeId::kDecimal, 0, 10, 2}, "note"}}, {});
    REQUIRE(schema.columns.size() == 2);
    CHECK(schema.columns[0].position == 1);
    const auto& varchar = schema.columns[0].typeDesc.types.at(0).primitiveEntry;
    CHECK(varchar.type == int{TTypeId::VARCHAR_TYPE});
    CHECK(varchar.typeQualifiers.qualifiers.at("characterMaximumLength").i32Value == 5);
    const auto& decimal = schema.columns[1].typeDesc.types.at(0).primitiveEntry;
    CHECK(decimal.typeQualifiers.qualifiers.at("precision").i32Value == 10);
    CHECK(decimal.typeQualifiers.qualifiers.at("scale").i32Value == 2);
    CHECK(schema.columns[1].comment == "note");
}
