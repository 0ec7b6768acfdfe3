#include "sql/convert.hpp"

#include "sql/decimal_text.hpp"
#include "sql/text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sandbox;

namespace {

// What a client is sent for CAST(value AS type).
std::string cast(const Cell& value, const char* type) {
    const SqlType parsed = *parse_hive_type(type);
    const Cell cell = convert(value, parsed);
    return is_null(cell) ? "NULL" : display(cell, parsed);
}

std::string cast(const char* text, const char* type) {
    return cast(Cell{std::string{text}}, type);
}

}  // namespace

TEST_CASE("a cast does what Hive's does", "[unit][hive_sandbox]") {
    struct Case {
        const char* value;
        const char* type;
        const char* result;
    };
    const std::vector<Case> table{
        {"12", "int", "12"},
        {" 12 ", "int", "12"},
        {"12.9", "int", "12"},
        {"x", "int", "NULL"},
        {"300", "tinyint", "NULL"},
        {"-128", "tinyint", "-128"},
        {"9223372036854775807", "bigint", "9223372036854775807"},
        {"9223372036854775808", "bigint", "NULL"},
        {"true", "boolean", "1"},
        {"no", "boolean", "0"},
        {"perhaps", "boolean", "NULL"},
        {"0.1", "float", "0.1"},
        {"1e10", "double", "1.0E10"},
        {"abc", "double", "NULL"},
        {"NaN", "double", "NaN"},
        {"-Infinity", "double", "-Infinity"},
        {"2.005", "decimal(10,2)", "2.01"},
        {"-2.005", "decimal(10,2)", "-2.01"},
        {"9.995", "decimal(3,2)", "NULL"},
        {"9.994", "decimal(3,2)", "9.99"},
        {"1e3", "decimal(10,2)", "1000.00"},
        {"0", "decimal(5,3)", "0.000"},
        {"-0.0001", "decimal(5,3)", "0.000"},
        {"12345678901234567890123456789012345678",
         "decimal(38,0)",
         "12345678901234567890123456789012345678"},
        {"abcdef", "varchar(3)", "abc"},
        {"gr\xc3\xbc\xc3\x9f", "varchar(3)", "gr\xc3\xbc"},
        {"ab", "char(4)", "ab  "},
        {"ab   ", "char(4)", "ab  "},
        {"2024-02-29", "date", "2024-02-29"},
        {"2023-02-29", "date", "NULL"},
        {"2024-2-9 10:00:00", "date", "2024-02-09"},
        {"2024-02-29", "timestamp", "2024-02-29 00:00:00"},
        {"2024-02-29T13:14:15.500", "timestamp", "2024-02-29 13:14:15.5"},
        {"2024-02-29 25:00:00", "timestamp", "NULL"},
        {"2024-02-29 13:14:15", "timestamp with local time zone", "2024-02-29 13:14:15.0 UTC"},
        {"2024-02-29 13:14:15 Europe/Paris",
         "timestamp with local time zone",
         "2024-02-29 13:14:15.0 Europe/Paris"},
        {"1-2", "interval year to month", "1-2"},
        {"1-12", "interval year to month", "NULL"},
        {"-3 4:05:06.789", "interval day to second", "-3 04:05:06.789000000"},
        {"[1,2]", "array<int>", "[1,2]"},
        {"x", "void", "NULL"},
    };
    for (const Case& c : table) {
        CAPTURE(c.value, c.type);
        CHECK(cast(c.value, c.type) == c.result);
    }
}

TEST_CASE("numbers are cast as Java casts them", "[unit][hive_sandbox]") {
    CHECK(cast(Cell{std::int64_t{300}}, "tinyint") == "44");
    CHECK(cast(Cell{1e30}, "bigint") == "9223372036854775807");
    CHECK(cast(Cell{-2.9}, "int") == "-2");
    CHECK(cast(Cell{std::int64_t{2}}, "boolean") == "1");
    CHECK(cast(Cell{1.0}, "string") == "1.0");
    CHECK(cast(Cell{1.5e-5}, "string") == "1.5E-5");
    CHECK(cast(Cell{std::int64_t{0}}, "timestamp") == "1970-01-01 00:00:00");
    CHECK(cast(Cell{}, "int") == "NULL");
}

TEST_CASE("a decimal that fits a double is stored as a number, a longer one as text",
          "[unit][hive_sandbox]") {
    CHECK(convert(std::string{"12.50"}, *parse_hive_type("decimal(10,2)")) == Cell{12.5});
    CHECK(std::holds_alternative<std::string>(
        convert(std::string{"1234567890123456.5"}, *parse_hive_type("decimal(20,2)"))));
}

TEST_CASE("LIKE knows its wildcards and their escape, and ends on hostile patterns",
          "[unit][hive_sandbox]") {
    CHECK(like("abc", "a%", Case::kMatters));
    CHECK(like("abc", "%c", Case::kMatters));
    CHECK(like("abc", "a_c", Case::kMatters));
    CHECK_FALSE(like("abc", "a_", Case::kMatters));
    CHECK(like("a_c", "a\\_c", Case::kMatters));
    CHECK_FALSE(like("abc", "a\\_c", Case::kMatters));
    CHECK_FALSE(like("ABC", "abc", Case::kMatters));
    CHECK(like("ABC", "abc", Case::kIgnored));
    CHECK(like("", "", Case::kMatters));
    CHECK(like("", "%", Case::kMatters));
    CHECK_FALSE(like(std::string(5000, 'a'), "%a%a%a%a%a%a%a%ab", Case::kMatters));
}
