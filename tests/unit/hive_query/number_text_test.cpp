#include "number_text.hpp"

#include "value_text.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace hive_query;

namespace {

std::string double_text(double value) {
    std::string out;
    append_double(out, value);
    return out;
}

std::string float_text(float value) {
    std::string out;
    append_float(out, value);
    return out;
}

std::string base64(std::string_view bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

}  // namespace

TEST_CASE("doubles are written as Hive writes them", "[unit][hive_query]") {
    const std::vector<std::pair<double, std::string>> expected = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {-2.5, "-2.5"},
        {0.1, "0.1"},
        {0.001, "0.001"},
        {0.0009, "9.0E-4"},
        {9999999.0, "9999999.0"},
        {10000000.0, "1.0E7"},
        {12345678.9, "1.23456789E7"},
        {1e100, "1.0E100"},
        {5e-324, "5.0E-324"},
        {std::numeric_limits<double>::max(), "1.7976931348623157E308"},
        {std::numeric_limits<double>::quiet_NaN(), "NaN"},
        {std::numeric_limits<double>::infinity(), "Infinity"},
        {-std::numeric_limits<double>::infinity(), "-Infinity"},
    };
    for (const auto& [value, text] : expected) {
        CHECK(double_text(value) == text);
    }
}

TEST_CASE("floats are written with a float's digits", "[unit][hive_query]") {
    CHECK(float_text(0.1F) == "0.1");
    CHECK(float_text(3.4028235e38F) == "3.4028235E38");
    CHECK(float_text(16777216.0F) == "1.6777216E7");
    CHECK(float_text(1.1754944e-38F) == "1.1754944E-38");
}

TEST_CASE("only what JSON takes for a number goes bare", "[unit][hive_query]") {
    for (const char* const text :
         {"0", "-1", "12.50", "1.0E10", "1e-7", "-0.0", "99999999999999999999"}) {
        CHECK(is_json_number(text));
    }
    for (const char* const text :
         {"", "-", "01", ".5", "1.", "+1", "1e", "NaN", "1,5", "0x1", " 1"}) {
        CHECK_FALSE(is_json_number(text));
    }
}

TEST_CASE("base64 pads to groups of four", "[unit][hive_query]") {
    CHECK(base64("").empty());
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foobar") == "Zm9vYmFy");
}
