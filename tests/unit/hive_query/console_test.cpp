#include "console/duration_text.hpp"
#include "console/json_text.hpp"
#include "console/nearest.hpp"
#include "console/pool_stats_text.hpp"
#include "console/printable.hpp"
#include "console/text_table.hpp"
#include "console/usage_error.hpp"
#include "console/utf8.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string_view>

using namespace console;
using namespace std::chrono_literals;

TEST_CASE("widths are those of a terminal", "[unit][console]") {
    CHECK(display_width("plain") == 5);
    CHECK(display_width("\xC3\xA9") == 1);
    CHECK(display_width("e\xCC\x81") == 1);
    CHECK(display_width("\xE6\xBC\xA2") == 2);
    CHECK(display_width("\xEF\xBC\xA1") == 2);
    CHECK(display_width("\xF0\x9F\x90\x9D") == 2);
}

TEST_CASE("only well-formed UTF-8 counts as such", "[unit][console]") {
    for (const char* const good : {"a", "\xC3\xA9", "\xE6\xBC\xA2", "\xF0\x9F\x90\x9D"}) {
        CHECK(character_at(good, 0).valid);
        CHECK(character_at(good, 0).size == std::string_view{good}.size());
    }
    for (const char* const bad : {"\x80",
                                  "\xC0\x80",
                                  "\xC1\xBF",
                                  "\xE0\x80\x80",
                                  "\xED\xA0\x80",
                                  "\xF4\x90\x80\x80",
                                  "\xF5\x80\x80\x80",
                                  "\xC3",
                                  "\xE6\xBC",
                                  "\xC3("}) {
        CHECK_FALSE(character_at(bad, 0).valid);
        CHECK(character_at(bad, 0).size == 1);
    }
}

TEST_CASE("printable text reports the width it has", "[unit][console]") {
    std::string out;
    CHECK(append_printable(out, "a\x1b[0m") == 8);
    CHECK(out == "a\\x1b[0m");
    CHECK(printable("\xE2\x80\xA8") == "\\u2028");
    CHECK(printable("\x7F") == "\\x7f");
    CHECK(printable("\xC2\x85") == "\\u0085");
}

TEST_CASE("the nearest name is found, and none when none is near", "[unit][console]") {
    CHECK(nearest("plugin", {"plugins", "check", "ping"}) == "plugins");
    CHECK(nearest("PING", {"plugins", "check", "ping"}) == "ping");
    CHECK(nearest("chekc", {"plugins", "check", "ping"}) == "check");
    CHECK(nearest("completely", {"plugins", "check", "ping"}).empty());
    CHECK(nearest("xy", {"ab"}).empty());
}

TEST_CASE("durations and counts are written for people", "[unit][console]") {
    CHECK(duration_text(870us) == "870 us");
    CHECK(duration_text(12345us) == "12.3 ms");
    CHECK(duration_text(4020ms) == "4.02 s");
    CHECK(duration_text(725s) == "12 min 5 s");
    CHECK(seconds_text(214ms) == "0.21");
    CHECK(count_text(999) == "999");
    CHECK(count_text(1000) == "1,000");
    CHECK(count_text(1234567) == "1,234,567");
    CHECK(counted(1, "lease") == "1 lease");
    CHECK(counted(0, "lease") == "0 leases");
    CHECK(counted(1200, "lease") == "1,200 leases");
}

TEST_CASE("a small table lines up and hides nothing dangerous", "[unit][console]") {
    TextTable table{{"name", "n"}};
    table.add({"\xE6\xBC\xA2", "1"});
    table.add({"a\x1b", "200"});
    table.add({"short"});
    CHECK(table.text() == "name   n\n\xE6\xBC\xA2     1\na\\x1b  200\nshort\n");
}

TEST_CASE("lines stay lines, and nothing in them moves the cursor", "[unit][console]") {
    CHECK(printable_lines("two\nlines\x1b[2J") == "two\nlines\\x1b[2J\n");
    CHECK(printable_lines("one\n") == "one\n");
    CHECK(printable_lines("").empty());
}

TEST_CASE("a JSON string loses nothing that is UTF-8", "[unit][console]") {
    CHECK(json_string("a\"\\\n\t\x1b\xC3\xA9") == "\"a\\\"\\\\\\n\\t\\u001b\xC3\xA9\"");
    CHECK(json_string("\xFF") == "\"\xEF\xBF\xBD\"");
}

TEST_CASE("what a server said of a failed connect cannot move the cursor", "[unit][console]") {
    cistern::PoolStats stats;
    stats.last_connect_failure = cistern::ConnectFailure{"refused\x1b[2J", 2s};
    CHECK_THAT(stats_summary("a", stats),
               Catch::Contains("last failure refused\\x1b[2J, 2.00 s ago"));
}

TEST_CASE("a duration on the command line carries a unit", "[unit][console]") {
    CHECK(duration_argument("--timeout", "30s") == 30s);
    CHECK_THROWS_AS(duration_argument("--timeout", "soon"), UsageError);
    CHECK_THROWS_WITH(duration_argument("--timeout", "soon"),
                      Catch::Contains("--timeout") && Catch::Contains("soon"));
}
