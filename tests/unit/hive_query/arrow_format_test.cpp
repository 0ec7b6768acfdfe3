#include "capture.hpp"
#include "formats/row_writer.hpp"
#include "result.hpp"

#include <cistern/hive/column_reader.hpp>

#include <catch2/catch.hpp>

#include <arrow_ipc/arrow_ipc_generated.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

using namespace hive_query;
using hive::Type;

namespace {

// Writes `batches` times the same batch.
std::string written(const Result& result, Format format, int batches) {
    const Capture capture;
    Output output{capture.descriptor()};
    const auto writer = make_row_writer(output, {.format = format}, result.columns);
    writer->begin();
    for (int i = 0; i < batches; ++i) {
        writer->rows(result.batch);
    }
    writer->end();
    return capture.text();
}

template <class Number>
Number number(std::string_view bytes, std::size_t index) {
    Number out;
    REQUIRE((index + 1) * sizeof out <= bytes.size());
    std::memcpy(&out, bytes.data() + index * sizeof out, sizeof out);
    return out;
}

struct Message {
    std::string metadata;  // memory of its own, so that it is aligned
    std::string body{};

    [[nodiscard]] const arrow_ipc::Message& read() const {
        const auto* const bytes = reinterpret_cast<const std::uint8_t*>(metadata.data());
        flatbuffers::Verifier verifier{bytes, metadata.size()};
        REQUIRE(arrow_ipc::VerifyMessageBuffer(verifier));
        return *arrow_ipc::GetMessage(bytes);
    }
    [[nodiscard]] std::string_view buffer(unsigned index) const {
        const auto* const place = read().header_as_RecordBatch()->buffers()->Get(index);
        CHECK(place->offset() % 8 == 0);
        return std::string_view{body}.substr(static_cast<std::size_t>(place->offset()),
                                             static_cast<std::size_t>(place->length()));
    }
};

// Takes a stream apart, down to its end.
std::vector<Message> messages(std::string_view stream) {
    std::vector<Message> out;
    while (number<std::uint32_t>(stream, 0) == 0xFFFF'FFFF &&
           number<std::uint32_t>(stream, 1) != 0) {
        const auto size = number<std::uint32_t>(stream, 1);
        CHECK(size % 8 == 0);
        Message message{.metadata = std::string{stream.substr(8, size)}};
        stream.remove_prefix(8 + size);
        const auto body = static_cast<std::size_t>(message.read().body_length());
        CHECK(body % 8 == 0);
        REQUIRE(body <= stream.size());
        message.body = stream.substr(0, body);
        stream.remove_prefix(body);
        out.push_back(std::move(message));
    }
    CHECK(stream == std::string_view{"\xFF\xFF\xFF\xFF\0\0\0\0", 8});
    return out;
}

}  // namespace

TEST_CASE("arrow is a stream with the schema, each batch and an end", "[unit][hive_query]") {
    Result r;
    r.numbers<std::int32_t>("id", Type::kInt, {1, {}, 300});
    r.texts("name", Type::kString, {"Ada", {}, "Grace"});
    const auto found = messages(written(r, Format::kArrow, 2));

    REQUIRE(found.size() == 3);
    const auto* const schema = found[0].read().header_as_Schema();
    REQUIRE(schema != nullptr);
    CHECK(found[0].read().version() == arrow_ipc::Version::V5);
    REQUIRE(schema->fields()->size() == 2);
    const auto* const id = schema->fields()->Get(0);
    CHECK(id->name()->str() == "id");
    CHECK(id->nullable());
    CHECK(id->children()->size() == 0);
    REQUIRE(id->type_as_Int() != nullptr);
    CHECK(id->type_as_Int()->bit_width() == 32);
    CHECK(id->type_as_Int()->is_signed());
    CHECK(schema->fields()->Get(1)->type_type() == arrow_ipc::Type::Utf8);
    for (std::size_t i = 1; i < found.size(); ++i) {
        const auto* const batch = found[i].read().header_as_RecordBatch();
        REQUIRE(batch != nullptr);
        CHECK(batch->length() == 3);
        REQUIRE(batch->nodes()->size() == 2);
        CHECK(batch->nodes()->Get(1)->null_count() == 1);
        REQUIRE(batch->buffers()->size() == 5);
        CHECK(found[i].buffer(0) == "\x05");
        CHECK(number<std::int32_t>(found[i].buffer(1), 2) == 300);
        CHECK(found[i].buffer(3).size() == 16);
        CHECK(number<std::int32_t>(found[i].buffer(3), 3) == 8);
        CHECK(found[i].buffer(4) == "AdaGrace");
    }
}

TEST_CASE("every type has its place in a stream of Arrow", "[unit][hive_query]") {
    using Ipc = arrow_ipc::Type;
    Result r;
    r.numbers<std::uint8_t>("a", Type::kBoolean, {1, 0});
    r.numbers<std::int8_t>("b", Type::kTinyint, {-1, 2});
    r.numbers<std::int16_t>("c", Type::kSmallint, {-1, 2});
    r.numbers<std::int64_t>("d", Type::kBigint, {-1, 2});
    r.numbers<double>("e", Type::kFloat, {0.5, 2});
    r.numbers<double>("f", Type::kDouble, {0.5, 2});
    r.texts("g", Type::kDecimal, {"12.50", "-1.00"});
    r.columns.back().precision = 20;
    r.columns.back().scale = 2;
    r.texts("h", Type::kDate, {"1970-01-02", "1969-12-31"});
    r.texts("i", Type::kTimestamp, {"1970-01-01 00:00:01", "1970-01-01 00:00:00"});
    r.texts("j", Type::kIntervalYearMonth, {"1-2", "0-0"});
    r.blobs("k", {"\xFF", ""});
    r.texts("l", Type::kArray, {"[1]", "[]"});
    r.texts("m", Type::kNull, {{}, {}});
    const std::vector<std::pair<Ipc, std::size_t>> wanted = {{Ipc::Bool, 1},
                                                             {Ipc::Int, 2},
                                                             {Ipc::Int, 4},
                                                             {Ipc::Int, 16},
                                                             {Ipc::FloatingPoint, 8},
                                                             {Ipc::FloatingPoint, 16},
                                                             {Ipc::Decimal, 32},
                                                             {Ipc::Date, 8},
                                                             {Ipc::Timestamp, 16},
                                                             {Ipc::Interval, 32},
                                                             {Ipc::Binary, 12},
                                                             {Ipc::Utf8, 12},
                                                             {Ipc::Null, 0}};

    const auto found = messages(written(r, Format::kArrow, 1));
    REQUIRE(found.size() == 2);
    const auto* const fields = found[0].read().header_as_Schema()->fields();
    REQUIRE(fields->size() == wanted.size());
    unsigned buffer = 0;
    for (unsigned i = 0; i < wanted.size(); ++i) {
        INFO("column " << i);
        const auto type = fields->Get(i)->type_type();
        CHECK(type == wanted[i].first);
        if (type == Ipc::Null) {
            continue;
        }
        CHECK(found[1].buffer(buffer).empty());  // no NULL, no validity
        CHECK(found[1].buffer(buffer + 1).size() == wanted[i].second);
        buffer += type == Ipc::Binary || type == Ipc::Utf8 ? 3 : 2;
    }
    CHECK(found[1].read().header_as_RecordBatch()->buffers()->size() == buffer);
    CHECK(fields->Get(6)->type_as_Decimal()->precision() == 20);
    CHECK(fields->Get(6)->type_as_Decimal()->scale() == 2);
    CHECK(fields->Get(7)->type_as_Date()->unit() == arrow_ipc::DateUnit::Day);
    CHECK(fields->Get(8)->type_as_Timestamp()->timezone() == nullptr);
    CHECK(fields->Get(9)->type_as_Interval()->unit() == arrow_ipc::IntervalUnit::MonthDayNano);
}

TEST_CASE("arrow counts timestamps in microseconds, and arrow-ns in nanoseconds",
          "[unit][hive_query]") {
    Result r;
    r.texts("at", Type::kTimestamp, {"1970-01-01 00:00:00.000002"});
    const auto micros = messages(written(r, Format::kArrow, 1));
    const auto nanos = messages(written(r, Format::kArrowNanoseconds, 1));
    CHECK(number<std::int64_t>(micros.at(1).buffer(1), 0) == 2);
    CHECK(number<std::int64_t>(nanos.at(1).buffer(1), 0) == 2000);
    const auto unit = [](const Message& message) {
        return message.read().header_as_Schema()->fields()->Get(0)->type_as_Timestamp()->unit();
    };
    CHECK(unit(micros[0]) == arrow_ipc::TimeUnit::Microsecond);
    CHECK(unit(nanos[0]) == arrow_ipc::TimeUnit::Nanosecond);
}

TEST_CASE("a value that Arrow cannot hold is told with its row in the whole result",
          "[unit][hive_query]") {
    const Capture capture;
    Output output{capture.descriptor()};
    Result good;
    good.texts("at", Type::kTimestamp, {"1970-01-01 00:00:00", "1970-01-01 00:00:00"});
    Result bad;
    bad.texts("at", Type::kTimestamp, {"0001-01-01 00:00:00"});
    const auto writer =
        make_row_writer(output, {.format = Format::kArrowNanoseconds}, good.columns);
    writer->begin();
    writer->rows(good.batch);
    try {
        writer->rows(bad.batch);
        FAIL("it was written");
    } catch (const hive::ValueError& error) {
        CHECK(error.row() == 2);
    }
}
