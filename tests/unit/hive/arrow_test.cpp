#include "unit/hive_query/fake_session.hpp"

#include <cistern/hive/arrow.hpp>
#include <cistern/hive/column_reader.hpp>

#include <catch2/catch.hpp>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

using namespace hive;

namespace {

// Releases what it holds, as a reader has to.
template <class Structure>
struct Held : Structure {
    Held() : Structure{} {}
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() {
        if (this->release != nullptr) {
            this->release(this);
        }
    }
};

Column texts(std::initializer_list<std::string_view> values, std::uint8_t nulls = 0) {
    Texts out;
    for (const auto value : values) {
        out.push_back(value);
    }
    return {.values = std::move(out), .nulls = {nulls}};
}

template <class Item>
Column column(std::vector<Item> values, std::uint8_t nulls = 0) {
    return {.values = std::move(values), .nulls = {nulls}};
}

// The n-th value of a field's buffer.
template <class Item>
Item item(const ArrowArray& array, std::int64_t field, std::int64_t buffer, std::size_t index) {
    Item out;
    std::memcpy(
        &out,
        static_cast<const char*>(array.children[field]->buffers[buffer]) + index * sizeof(Item),
        sizeof(Item));
    return out;
}

std::string error_of(const ColumnInfo& info, Column values, const ArrowOptions& options = {}) {
    Batch batch{.rows = values.size(), .columns = {std::move(values)}};
    ArrowArray untouched{};
    try {
        export_batch({info}, batch, &untouched, options);
        untouched.release(&untouched);
    } catch (const std::exception& error) {
        CHECK(untouched.release == nullptr);
        return error.what();
    }
    return "";
}

const ColumnInfo kDecimal{.name = "d", .type = Type::kDecimal, .precision = 4, .scale = 2};
const ColumnInfo kTimestamp{.name = "t", .type = Type::kTimestamp};

}  // namespace

TEST_CASE("a schema names each column with the format that its type has in Arrow", "[unit][hive]") {
    const std::pair<ColumnInfo, std::string> kinds[] = {
        {{.name = "a", .type = Type::kBoolean}, "b"},
        {{.name = "b", .type = Type::kTinyint}, "c"},
        {{.name = "c", .type = Type::kSmallint}, "s"},
        {{.name = "d", .type = Type::kInt}, "i"},
        {{.name = "e", .type = Type::kBigint}, "l"},
        {{.name = "f", .type = Type::kFloat}, "f"},
        {{.name = "g", .type = Type::kDouble}, "g"},
        {kDecimal, "d:4,2"},
        {{.name = "h", .type = Type::kDecimal}, "u"},
        {{.name = "i", .type = Type::kDate}, "tdD"},
        {kTimestamp, "tsn:"},
        {{.name = "j", .type = Type::kBinary}, "z"},
        {{.name = "k", .type = Type::kIntervalYearMonth}, "tin"},
        {{.name = "l", .type = Type::kIntervalDayTime}, "tin"},
        {{.name = "m", .type = Type::kNull}, "n"},
        {{.name = "n", .type = Type::kMap}, "u"},
        {{.name = "o", .type = Type::kString}, "u"},
        {{.name = "p", .type = Type::kTimestampLocalTz}, "u"}};
    std::vector<ColumnInfo> columns;
    for (const auto& [column, format] : kinds) {
        columns.push_back(column);
    }
    Held<ArrowSchema> schema;
    export_schema(columns, &schema);
    CHECK(std::string{schema.format} == "+s");
    REQUIRE(schema.n_children == static_cast<std::int64_t>(columns.size()));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        CHECK(schema.children[i]->format == kinds[i].second);
        CHECK(schema.children[i]->name == columns[i].name);
        CHECK(schema.children[i]->flags == ARROW_FLAG_NULLABLE);
    }
    Held<ArrowSchema> micros;
    export_schema({kTimestamp}, &micros, {.timestamps = ArrowOptions::Unit::kMicroseconds});
    CHECK(std::string{micros.children[0]->format} == "tsu:");
}

TEST_CASE("a batch has the layout of the specification, NULLs among its values", "[unit][hive]") {
    Blobs blobs;
    blobs.push_back({"\0\xFF", 2});
    blobs.push_back("");
    const std::vector<ColumnInfo> columns{{.name = "flag", .type = Type::kBoolean},
                                          {.name = "n", .type = Type::kInt},
                                          {.name = "f", .type = Type::kFloat},
                                          kDecimal,
                                          {.name = "day", .type = Type::kDate},
                                          kTimestamp,
                                          {.name = "span", .type = Type::kIntervalDayTime},
                                          {.name = "text", .type = Type::kString},
                                          {.name = "bytes", .type = Type::kBinary},
                                          {.name = "none", .type = Type::kNull}};
    const Batch batch{
        .rows = 2,
        .columns = {column<std::uint8_t>({0, 1}),
                    column<std::int32_t>({-7, 0}, 0b10),
                    column<double>({0.5, -1.5}),
                    texts({"-1.5", "99.99"}),
                    texts({"1969-12-31", "0001-01-01"}),
                    texts({"1969-12-31 23:59:59.999999999", "1677-09-21 00:12:43.145224192"}),
                    texts({"-3 04:05:06.5", ""}, 0b10),
                    texts({"", "ü"}),
                    {.values = blobs, .nulls = {}},
                    texts({"", ""}, 0b11)}};
    Held<ArrowArray> array;
    export_batch(columns, batch, &array);
    CHECK(array.length == 2);
    CHECK(array.n_buffers == 1);
    REQUIRE(array.n_children == 10);
    CHECK(item<std::uint8_t>(array, 0, 1, 0) == 0b10);
    CHECK(array.children[1]->null_count == 1);
    CHECK(item<std::uint8_t>(array, 1, 0, 0) == 0b01);
    CHECK(item<std::int32_t>(array, 1, 1, 0) == -7);
    CHECK(item<float>(array, 2, 1, 1) == -1.5F);
    CHECK((item<Int128>(array, 3, 1, 0) == -150));
    CHECK((item<Int128>(array, 3, 1, 1) == 9999));
    CHECK(item<std::int32_t>(array, 4, 1, 0) == -1);
    CHECK(item<std::int32_t>(array, 4, 1, 1) == -719'162);
    CHECK(item<std::int64_t>(array, 5, 1, 0) == -1);
    CHECK(item<std::int64_t>(array, 5, 1, 1) == std::numeric_limits<std::int64_t>::min());
    CHECK(item<std::int32_t>(array, 6, 1, 1) == -3);
    CHECK(item<std::int64_t>(array, 6, 1, 1) == -14'706'500'000'000);
    CHECK(array.children[7]->n_buffers == 3);
    CHECK(item<std::int32_t>(array, 7, 1, 1) == 0);
    CHECK(item<std::int32_t>(array, 7, 1, 2) == 2);
    CHECK(item<char>(array, 7, 2, 0) == '\xC3');
    CHECK(item<std::int32_t>(array, 8, 1, 1) == 2);
    CHECK(array.children[9]->n_buffers == 0);
    CHECK(array.children[9]->null_count == 2);
}

TEST_CASE("a child that its reader has moved away outlives the batch", "[unit][hive]") {
    Held<ArrowArray> moved;
    {
        Held<ArrowArray> array;
        export_batch({{.name = "text", .type = Type::kString}},
                     {.rows = 1, .columns = {texts({"kept"})}},
                     &array);
        static_cast<ArrowArray&>(moved) = *array.children[0];
        array.children[0]->release = nullptr;
    }
    CHECK(std::string(static_cast<const char*>(moved.buffers[2]), 4) == "kept");
}

TEST_CASE("what a type of Arrow cannot hold is an error, never another value", "[unit][hive]") {
    CHECK(error_of(kDecimal, texts({"1.555"})) ==
          "hive: column \"d\", row 0: \"1.555\" is not a DECIMAL(4,2)");
    CHECK(error_of(kDecimal, texts({"100.00"})) ==
          "hive: column \"d\", row 0: \"100.00\" is not a DECIMAL(4,2)");
    CHECK(error_of(kDecimal, texts({"1.5000"})) == "");
    CHECK_THAT(error_of(kTimestamp, texts({"2262-04-11 23:47:16.854775808"})),
               Catch::Contains(
                   "is not between the years 1677 and 2262; export timestamps in microseconds"));
    CHECK(error_of(kTimestamp, texts({"2262-04-11 23:47:16.854775807"})) == "");
    CHECK_THAT(error_of(kTimestamp, texts({"1677-09-21 00:12:43.145224191"})),
               Catch::Contains("1677"));
    const ArrowOptions micros{.timestamps = ArrowOptions::Unit::kMicroseconds};
    CHECK(error_of(kTimestamp, texts({"9999-12-31 23:59:59.999999"}), micros) == "");
    CHECK_THAT(error_of(kTimestamp, texts({"2024-01-01 00:00:00.0000001"}), micros),
               Catch::Contains("is not in whole microseconds"));
    CHECK_THAT(error_of({.name = "s", .type = Type::kString}, texts({"\xFF"})),
               Catch::Contains("is not UTF-8"));
    CHECK_THAT(error_of({.name = "i", .type = Type::kTinyint}, column<std::int32_t>({300})),
               Catch::Contains("\"300\" is not within the range"));
    CHECK_THAT(error_of({.name = "n", .type = Type::kNull}, texts({"x"})),
               Catch::Contains("is not NULL"));
    ArrowArray untouched{};
    CHECK_THROWS_WITH(export_batch({}, {.rows = 0, .columns = {texts({})}}, &untouched),
                      "hive: the batch has 1 columns, and 0 are described");
    ArrowSchema schema{};
    CHECK_THROWS_WITH(
        export_schema({{.name = "x", .type = Type::kDecimal, .precision = 39, .scale = 0}},
                      &schema),
        Catch::Contains("column \"x\" is DECIMAL(39,0)"));
}

TEST_CASE("a result is a stream of batches, and an error ends it with its text", "[unit][hive]") {
    FakeStatement statement;
    statement.result.columns = {kDecimal};
    statement.result.batch = {.rows = 1, .columns = {texts({"1.50"})}};
    statement.batches = 2;
    Held<ArrowArrayStream> stream;
    export_stream(std::make_unique<FakeOperation>(statement), &stream);
    Held<ArrowSchema> schema;
    REQUIRE(stream.get_schema(&stream, &schema) == 0);
    CHECK(std::string{schema.children[0]->format} == "d:4,2");
    for (int batch = 0; batch < 2; ++batch) {
        Held<ArrowArray> array;
        REQUIRE(stream.get_next(&stream, &array) == 0);
        CHECK((item<Int128>(array, 0, 1, 0) == 150));
    }
    Held<ArrowArray> end;
    CHECK(stream.get_next(&stream, &end) == 0);
    CHECK(end.release == nullptr);
    CHECK(stream.get_last_error(&stream) == nullptr);

    statement.result.batch.columns[0] = texts({"x"});
    int row = 0;
    statement.on_fetch = [&row] {
        if (++row == 2) {
            throw std::runtime_error{"not reached"};
        }
    };
    Held<ArrowArrayStream> failing;
    export_stream(std::make_unique<FakeOperation>(statement), &failing);
    for (int again = 0; again < 2; ++again) {
        CHECK(failing.get_next(&failing, &end) == EIO);
        CHECK_THAT(failing.get_last_error(&failing),
                   Catch::Contains("column \"d\", row 0: \"x\" is not"));
    }
}
