#include "sql/tokens.hpp"

#include "sql/sql_error.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace sandbox;

namespace {

std::string string_of(const char* sql) {
    const Tokens tokens = tokenize(sql);
    REQUIRE(tokens.size() == 1);
    return tokens.front().text;
}

}  // namespace

TEST_CASE("escapes in a string mean what they mean in Hive", "[unit][hive_sandbox]") {
    CHECK(string_of(R"('it\'s')") == "it's");
    CHECK(string_of("'it''s'") == "it's");
    CHECK(string_of(R"("say \"x\"")") == "say \"x\"");
    CHECK(string_of(R"('a\nb\tc\\d')") == "a\nb\tc\\d");
    CHECK(string_of(R"('\u00e9\u20ac')") == "\xc3\xa9\xe2\x82\xac");
    CHECK(string_of(R"('50\% of\_it')") == "50\\% of\\_it");
    CHECK(string_of("'\\0'") == std::string(1, '\0'));
    CHECK(string_of("`a``b`") == "a`b");
}

TEST_CASE("comments vanish, what looks like one inside a string stays", "[unit][hive_sandbox]") {
    CHECK(to_sqlite(tokenize("select 1 -- one\n, /* two */ 2")) == "select 1 , 2");
    CHECK(to_sqlite(tokenize("select '-- x', '/* y */'")) == "select '-- x', '/* y */'");
}

TEST_CASE("quotes and comments without an end are syntax errors", "[unit][hive_sandbox]") {
    for (const char* sql : {"select 'x", "select \"x", "select `x", "select 1 /* x"}) {
        CAPTURE(sql);
        CHECK_THROWS_AS(tokenize(sql), SqlError);
    }
}

TEST_CASE("SQLite is given its own quotes", "[unit][hive_sandbox]") {
    CHECK(to_sqlite(tokenize("select `a b`, 'it\\'s', \"x\"")) == R"(select "a b", 'it''s', "x")");
    CHECK(to_sqlite(tokenize("'a\\0b'")) == "CAST(x'610062' AS TEXT)");
}

TEST_CASE("words are found outside of brackets only", "[unit][hive_sandbox]") {
    constexpr std::array<std::string_view, 1> kFrom{"from"};
    const Tokens tokens = tokenize("select (select 1 from x), 2 from y");
    CHECK(find_outside(tokens, 0, kFrom) == tokens.size() - 2);
    CHECK(split_commas(tokenize("a, f(b, c), d")).size() == 3);
    CHECK(split_commas({}).empty());
}
