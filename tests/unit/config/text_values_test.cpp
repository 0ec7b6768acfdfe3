#include <config/duration_text.hpp>
#include <config/message_text.hpp>
#include <config/number_text.hpp>
#include <config/size_text.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace cistern;
using namespace std::chrono_literals;

TEST_CASE("durations carry their unit", "[unit][config]") {
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("10min") == 10min);
    CHECK(parse_duration("1h") == 1h);
    CHECK(parse_duration("2us") == 2us);
    CHECK(parse_duration("100ns") == 100ns);
    CHECK(parse_duration("0") == 0ns);
    CHECK(parse_duration("0s") == 0ns);
}

TEST_CASE("what is no duration is refused", "[unit][config]") {
    for (const auto* text : {"",
                             "5",
                             "s",
                             "5 s",
                             " 5s",
                             "5s ",
                             "-5s",
                             "+5s",
                             "1.5s",
                             "5m",
                             "5S",
                             "5sec",
                             "0x5s",
                             "00",
                             "9223372037s",
                             "99999999999999999999s",
                             "5s5s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
    CHECK(parse_duration("9223372036s").has_value());
}

TEST_CASE("a duration is printed so that it reads back the same", "[unit][config]") {
    CHECK(exact_duration_text(30s) == "30s");
    CHECK(exact_duration_text(10min) == "10min");
    CHECK(exact_duration_text(90s) == "90s");
    CHECK(exact_duration_text(24h) == "24h");
    CHECK(exact_duration_text(1500us) == "1500us");
    CHECK(exact_duration_text(0s) == "0");
    for (const auto duration :
         {1ns, 999ns, 1000ns, 59000000000ns, 3600000000000ns, 3600000000001ns}) {
        CHECK(parse_duration(exact_duration_text(duration)) == duration);
    }
}

TEST_CASE("sizes may carry a binary unit", "[unit][config]") {
    CHECK(parse_size("4096") == 4096);
    CHECK(parse_size("64KiB") == 65536);
    CHECK(parse_size("16MiB") == 16777216);
    CHECK(parse_size("2GiB") == 2147483648);
    for (const auto* text : {"", "KiB", "64KB", "64K", "64 KiB", "-1", "9999999999GiB", "1.5MiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_size(text).has_value());
    }
    CHECK(size_text(65536) == "64KiB");
    CHECK(size_text(65537) == "65537");
    CHECK(size_text(0) == "0");
}

TEST_CASE("numbers and flags are read whole or not at all", "[unit][config]") {
    CHECK(parse_integer("-12") == -12);
    CHECK(parse_decimal("0.25") == 0.25);
    CHECK(parse_flag("true") == true);
    CHECK(parse_flag("false") == false);
    CHECK_FALSE(parse_integer("12x").has_value());
    CHECK_FALSE(parse_integer("").has_value());
    CHECK_FALSE(parse_integer("99999999999999999999").has_value());
    CHECK_FALSE(parse_decimal("0,25").has_value());
    CHECK_FALSE(parse_decimal("nan").has_value());
    CHECK_FALSE(parse_decimal("inf").has_value());
    CHECK_FALSE(parse_flag("yes").has_value());
    CHECK(decimal_text(0.1) == "0.1");
    CHECK(decimal_text(2) == "2");
}

TEST_CASE("what stands in a file cannot forge a line of a message", "[unit][config]") {
    CHECK(in_quotes("a\nERROR b\x1b[2J") == "\"a\\x0aERROR b\\x1b[2J\"");
    CHECK(in_quotes(std::string(500, 'x')).size() < 200);
    CHECK(in_quotes(std::string(119, 'x') + "\xC3\xBC tail").find("\xC3\"") == std::string::npos);
    CHECK(one_of({"a", "b", "c"}) == "a, b or c");
    CHECK(one_of({"a"}) == "a");
}
