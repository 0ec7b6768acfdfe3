#include <cistern/hive/column_reader.hpp>
#include <cistern/hive/values.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace hive;
using namespace std::chrono_literals;

namespace {

Int128 power_of_ten(int exponent) {
    Int128 power = 1;
    for (; exponent > 0; --exponent) {
        power *= 10;
    }
    return power;
}

Column texts(std::initializer_list<std::string_view> values) {
    Texts out;
    for (const auto value : values) {
        out.push_back(value);
    }
    return {.values = std::move(out), .nulls = {}};
}

}  // namespace

TEST_CASE("a decimal is read exactly, up to 38 digits", "[unit][hive]") {
    CHECK(parse_decimal("1234.50") == Decimal{123450, 2});
    CHECK(parse_decimal("-0.5000000000") == Decimal{-5'000'000'000, 10});
    CHECK(parse_decimal("0") == Decimal{0, 0});
    CHECK(parse_decimal("-99999999999999999999999999999999999999") ==
          Decimal{-(power_of_ten(38) - 1), 0});
    CHECK(parse_decimal("0.00000000000000000000000000000000000001") == Decimal{1, 38});
    CHECK(parse_decimal("99999999999999999999.999999999999999999") ==
          Decimal{power_of_ten(38) - 1, 18});
    CHECK(parse_decimal("0099999999999999999999999999999999999999") ==
          Decimal{power_of_ten(38) - 1, 0});
    for (const char* text : {"",
                             "-",
                             ".5",
                             "5.",
                             "1e5",
                             "+1",
                             " 1",
                             "1 ",
                             "1,5",
                             "NaN",
                             "--1",
                             "100000000000000000000000000000000000000",
                             "0.000000000000000000000000000000000000000"}) {
        INFO(text);
        CHECK_FALSE(parse_decimal(text));
    }
}

TEST_CASE("a date is one that the calendar has", "[unit][hive]") {
    CHECK(parse_date("2024-02-29") == Date{std::chrono::year{2024} / 2 / 29});
    CHECK(parse_date("0001-01-01") == Date{std::chrono::year{1} / 1 / 1});
    CHECK(parse_date("9999-12-31") == Date{std::chrono::year{9999} / 12 / 31});
    for (const char* text : {"",
                             "2023-02-29",
                             "2024-13-01",
                             "2024-00-01",
                             "2024-1-01",
                             "0000-01-01",
                             "10000-01-01",
                             "2024-02-29 ",
                             "-2024-02-29",
                             "2024-02-29 00:00:00"}) {
        INFO(text);
        CHECK_FALSE(parse_date(text));
    }
}

TEST_CASE("a timestamp keeps its nanoseconds, also before 1970 and far from it", "[unit][hive]") {
    const auto at = [](const char* text) { return parse_timestamp(text).value(); };
    CHECK(at("1970-01-01 00:00:01") == Timestamp{std::chrono::local_seconds{1s}, 0});
    CHECK(at("1970-01-01 00:00:00.000000001") == Timestamp{std::chrono::local_seconds{0s}, 1});
    CHECK(at("1969-12-31 23:59:59.9") == Timestamp{std::chrono::local_seconds{-1s}, 900'000'000});
    CHECK(at("9999-12-31 23:59:59.999999999") ==
          Timestamp{std::chrono::local_seconds{253'402'300'799s}, 999'999'999});
    CHECK(at("0001-01-01 00:00:00") == Timestamp{std::chrono::local_seconds{-62'135'596'800s}, 0});
    for (const char* text : {"2024-02-29",
                             "2024-02-29 24:00:00",
                             "2024-02-29 12:60:00",
                             "2024-02-29 12:00:60",
                             "2024-02-29 12:00",
                             "2024-02-29 12:00:00.",
                             "2024-02-29 12:00:00.1234567890",
                             "2024-02-29T12:00:00",
                             "2024-02-29 12:00:00Z"}) {
        INFO(text);
        CHECK_FALSE(parse_timestamp(text));
    }
    const auto zoned = parse_zoned_timestamp("2024-02-29 11:00:00.0 Etc/UTC").value();
    CHECK(zoned.zone == "Etc/UTC");
    CHECK(zoned.local == at("2024-02-29 11:00:00"));
    CHECK_FALSE(parse_zoned_timestamp("2024-02-29 11:00:00.0"));
    CHECK_FALSE(parse_zoned_timestamp("2024-02-29 11:00:00.0 "));
    CHECK_FALSE(parse_zoned_timestamp("2024-02-29 11:00:00.0 A B"));
}

TEST_CASE("intervals are read down to their extremes", "[unit][hive]") {
    CHECK(parse_interval_year_month("1-2") == IntervalYearMonth{14});
    CHECK(parse_interval_year_month("-178956970-8") == IntervalYearMonth{INT32_MIN});
    CHECK(parse_interval_year_month("178956970-7") == IntervalYearMonth{INT32_MAX});
    for (const char* text : {"178956970-8", "1-12", "1", "1--2", "a-1", "1-2 "}) {
        INFO(text);
        CHECK_FALSE(parse_interval_year_month(text));
    }
    CHECK(parse_interval_day_time("-3 04:05:06.789000000") ==
          IntervalDayTime{-(3 * 86'400 + 14'706), -789'000'000});
    CHECK(parse_interval_day_time("106751991 04:00:54.775807000") ==
          IntervalDayTime{9'223'372'036'854, 775'807'000});
    for (const char* text :
         {"1", "1 24:00:00", "1 1:00:00", "1 00:00:00.", "x 00:00:00", "00:00:00"}) {
        INFO(text);
        CHECK_FALSE(parse_interval_day_time(text));
    }
}

TEST_CASE("what a value is written as is read as that value", "[unit][hive]") {
    std::mt19937_64 chance{7};
    for (int round = 0; round < 20'000; ++round) {
        const auto scale = static_cast<std::int32_t>(chance() % 39);
        const auto digits = static_cast<int>(chance() % 39);
        const Int128 magnitude = ((Int128{static_cast<std::int64_t>(chance() >> 1U)} << 63U) +
                                  static_cast<std::int64_t>(chance() >> 1U)) %
                                 power_of_ten(digits);
        const Decimal decimal{chance() % 2 == 0 ? magnitude : -magnitude, scale};
        INFO(to_text(decimal));
        REQUIRE(parse_decimal(to_text(decimal)) == decimal);

        const std::int64_t seconds =
            -62'135'596'800 + static_cast<std::int64_t>(chance() % 315'537'897'600U);
        const auto nanos = static_cast<std::uint32_t>(chance() % 1'000'000'000U);
        const Timestamp timestamp{std::chrono::local_seconds{std::chrono::seconds{seconds}},
                                  chance() % 4 == 0 ? 0 : nanos};
        INFO(to_text(timestamp));
        REQUIRE(parse_timestamp(to_text(timestamp)) == timestamp);
        const ZonedTimestamp zoned{timestamp, "Europe/Zurich"};
        REQUIRE(parse_zoned_timestamp(to_text(zoned)) == zoned);
        const Date date{std::chrono::floor<std::chrono::days>(timestamp.seconds)};
        REQUIRE(parse_date(to_text(date)) == date);

        const IntervalYearMonth months{static_cast<std::int32_t>(chance())};
        REQUIRE(parse_interval_year_month(to_text(months)) == months);
        const int sign = chance() % 2 == 0 ? 1 : -1;
        const IntervalDayTime span{sign * static_cast<std::int64_t>(chance() % 9'223'372'036'854U),
                                   sign * static_cast<std::int32_t>(nanos)};
        INFO(to_text(span));
        REQUIRE(parse_interval_day_time(to_text(span)) == span);
    }
}

TEST_CASE("a column is read as what its type says, and NULL is no value", "[unit][hive]") {
    Column column = texts({"1.50", "", "x"});
    column.nulls = {0b10};
    const ColumnInfo info{.name = "price", .type = Type::kDecimal};
    const ColumnReader reader{info, column, 1000};
    CHECK(reader.decimal(0) == Decimal{150, 2});
    CHECK(reader.text(0) == "1.50");
    CHECK_FALSE(reader.decimal(1));
    CHECK_FALSE(reader.text(1));
    CHECK_FALSE(reader.decimal(3));  // a short column's rest is NULL
    try {
        (void)reader.decimal(2);
        FAIL("x is no decimal");
    } catch (const ValueError& error) {
        CHECK(error.column() == "price");
        CHECK(error.row() == 1002);
        CHECK(error.text() == "x");
        CHECK_FALSE(error.breaks_connection());
        CHECK(std::string{error.what()} ==
              "hive: column \"price\", row 1002: \"x\" is not a DECIMAL of up to 38 digits, as "
              "-12.50");
    }
}

TEST_CASE("each getter refuses a column of another kind by name", "[unit][hive]") {
    const ColumnInfo info{.name = "c"};
    const Column whole{.values = std::vector<std::int16_t>{-5}, .nulls = {}};
    CHECK(ColumnReader{info, whole}.integer(0) == -5);
    CHECK_THROWS_WITH(ColumnReader(info, whole).boolean(0),
                      "hive: column \"c\", row 0: \"a SMALLINT\" is not a BOOLEAN");
    CHECK_THROWS_AS(ColumnReader(info, whole).real(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, whole).text(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, whole).bytes(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, whole).date(0), ValueError);
    const Column truth{.values = std::vector<std::uint8_t>{1}, .nulls = {}};
    CHECK(ColumnReader{info, truth}.boolean(0) == true);
    CHECK_THROWS_AS(ColumnReader(info, truth).integer(0), ValueError);
    Blobs blobs;
    blobs.push_back({"\0x", 2});
    const Column binary{.values = blobs, .nulls = {}};
    CHECK(ColumnReader{info, binary}.bytes(0) == std::string_view{"\0x", 2});
    CHECK_THROWS_AS(ColumnReader(info, binary).text(0), ValueError);
    const Column dates = texts({"2024-02-30"});
    CHECK_THROWS_AS(ColumnReader(info, dates).date(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, dates).timestamp(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, dates).zoned_timestamp(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, dates).interval_year_month(0), ValueError);
    CHECK_THROWS_AS(ColumnReader(info, dates).interval_day_time(0), ValueError);
}

TEST_CASE("an error shows the beginning of a long text, without control characters",
          "[unit][hive]") {
    const ColumnInfo info{.name = "c"};
    const Column column = texts({"a\nb" + std::string(100, 'x')});
    CHECK_THROWS_WITH(ColumnReader(info, column).date(0),
                      "hive: column \"c\", row 0: \"a b" + std::string(61, 'x') +
                          "...\" is not a DATE, as 2024-02-29");
}
