#include "literal_lexer.hpp"
#include "support/hostile_text.hpp"

#include <cistern/hive/parameters.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

using namespace hive;
using namespace hive::test;
using cistern::test::hostile_text;

namespace {

using Words = std::vector<std::string>;

// The string that a server gets out of the words of one literal, from `at` on.
std::string value_at(const Words& words, std::size_t& at) {
    if (words.at(at) != "decode") {
        REQUIRE(words.at(at).front() == '\'');
        return words[at++].substr(1);
    }
    const Words form{"decode", "(", "unhex", "(", words.at(at + 4), ")", ",", "'UTF-8", ")"};
    REQUIRE(Words(words.begin() + static_cast<std::ptrdiff_t>(at),
                  words.begin() + static_cast<std::ptrdiff_t>(at + form.size())) == form);
    const auto digits = words[at + 4].substr(1);
    at += form.size();
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

std::string error(std::string_view sql, const Parameters& values) {
    try {
        return bind(sql, values);
    } catch (const BindError& problem) {
        return problem.what();
    }
}
std::string error_named(std::string_view sql, const NamedParameters& values) {
    try {
        return bind_named(sql, values);
    } catch (const BindError& problem) {
        return problem.what();
    }
}

}  // namespace

TEST_CASE("whatever string is bound, every server reads it as that string and the rest as before",
          "[unit][hive]") {
    std::mt19937 chance{3};
    for (int round = 0; round < 20'000; ++round) {
        const auto first = hostile_text(chance, chance() % 6);
        const auto second = hostile_text(chance, chance() % 6);
        const auto sql = bind("select a -? , 'x' from t where b=? and c = 'y'", {first, second});
        INFO(sql);
        for (const auto server : {Server::kHive, Server::kSpark, Server::kSparkAsItIs}) {
            const auto words = words_of(sql, server);
            std::size_t at = 3;
            REQUIRE(Words(words.begin(), words.begin() + 3) == Words{"select", "a", "-"});
            REQUIRE(value_at(words, at) == first);
            const Words middle{",", "'x", "from", "t", "where", "b", "="};
            for (const auto& word : middle) {
                REQUIRE(words.at(at++) == word);
            }
            REQUIRE(value_at(words, at) == second);
            REQUIRE(Words(words.begin() + static_cast<std::ptrdiff_t>(at), words.end()) ==
                    Words{"and", "c", "=", "'y"});
        }
    }
}

TEST_CASE("every type has a literal that is read as that type", "[unit][hive]") {
    CHECK(literal(nullptr) == "null");
    CHECK(literal(true) == "true");
    CHECK(literal(std::int8_t{5}) == "5Y");
    CHECK(literal(std::int8_t{-128}) == "cast('-128' as tinyint)");
    CHECK(literal(std::int16_t{5}) == "5S");
    CHECK(literal(5) == "5");
    CHECK(literal(std::numeric_limits<std::int32_t>::min()) == "cast('-2147483648' as int)");
    CHECK(literal(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807L");
    CHECK(literal(std::numeric_limits<std::int64_t>::min()) ==
          "cast('-9223372036854775808' as bigint)");
    CHECK(literal(0.1F) == "cast('0.1' as float)");
    CHECK(literal(-0.0) == "cast('-0' as double)");
    CHECK(literal(5e-324) == "cast('5e-324' as double)");
    CHECK(literal(std::nan("")) == "cast('NaN' as double)");
    CHECK(literal(-std::numeric_limits<float>::infinity()) == "cast('-Infinity' as float)");
    CHECK(literal(Decimal{-1250, 2}) == "cast('-12.50' as decimal(4,2))");
    CHECK(literal(Decimal{1, 38}) ==
          "cast('0.00000000000000000000000000000000000001' as decimal(38,38))");
    CHECK(literal(std::string{"Zürich"}) == "'Zürich'");
    CHECK(literal(std::string{}) == "''");
    CHECK(literal(std::string{"it's"}) == "decode(unhex('69742773'), 'UTF-8')");
    CHECK(literal(Bytes{std::string{"\0\xFF", 2}}) == "unhex('00FF')");
    CHECK(literal(Date{std::chrono::year{2024} / 2 / 29}) == "date '2024-02-29'");
    CHECK(literal(parse_timestamp("2024-02-29 12:34:56.789").value()) ==
          "timestamp '2024-02-29 12:34:56.789'");
    CHECK(literal(IntervalYearMonth{-14}) == "interval '-1-2' year to month");
    CHECK(literal(IntervalDayTime{1, 5}) == "interval '0 00:00:01.000000005' day to second");
}

TEST_CASE("a ? in a string, a quoted name or a comment is no parameter", "[unit][hive]") {
    CHECK(bind("select '?', \"?\", `?`, 'it\\'s ?' /* ? */ -- ?\n from t where a=?", {1}) ==
          "select '?', \"?\", `?`, 'it\\'s ?' /* ? */ -- ?\n from t where a= 1");
    CHECK(bind("select ?,?", {1, std::string{"?"}}) == "select 1,'?'");
    CHECK(bind("select 1 -?", {-1}) == "select 1 - cast('-1' as int)");
    CHECK(bind("select'a'?", {std::string{"b"}}) == "select'a' 'b'");
    CHECK(bind("select 1", {}) == "select 1");
}

TEST_CASE("parameters by name may stand anywhere, and a type's colon is none", "[unit][hive]") {
    CHECK(bind_named("select :a, ':a', :b+:a from t where x=:a", {{"a", 1}, {"b", 2}}) ==
          "select 1, ':a', 2 + 1 from t where x= 1");
    CHECK(bind_named("select cast(x as struct<a:int>), y::int, `m`:k, :p", {{"p", 1}}) ==
          "select cast(x as struct<a:int>), y::int, `m`:k, 1");
    CHECK(error_named("select :a, :b", {{"a", 1}}) ==
          "hive: the statement has a parameter :b, and no such value was given");
    CHECK(error_named("select :a", {{"a", 1}, {"b", 1}}) ==
          "hive: the statement has no parameter :b, for which a value was given");
}

TEST_CASE("values that do not fit are refused with the parameter, and never shown",
          "[unit][hive]") {
    CHECK(error("select ?, ?", {1}) ==
          "hive: the statement has 2 parameters (?), and 1 values were given");
    CHECK(error("select 1", {1}) ==
          "hive: the statement has 0 parameters (?), and 1 values were given");
    CHECK(error("select ?, ?", {1, std::string{"s3cret\xFF"}}) ==
          "hive: the value of parameter 2 is a string that is not UTF-8; what is no text is sent "
          "as Bytes");
    for (const char* text : {"\xC0\xA7", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x80", "\x80"}) {
        CHECK_THROWS_AS(literal(std::string{text}), BindError);
    }
    CHECK(error_named("select :p", {{"p", Date{std::chrono::year{2023} / 2 / 29}}}) ==
          "hive: the value of :p is no date of the years 1 to 9999");
    CHECK_THROWS_AS(literal(Date{std::chrono::year{10'000} / 1 / 1}), BindError);
    CHECK_THROWS_AS(literal(Timestamp{std::chrono::local_seconds{}, 1'000'000'000}), BindError);
    CHECK_THROWS_AS(literal(Timestamp{std::chrono::local_seconds::max(), 0}), BindError);
    CHECK_THROWS_AS(literal(Decimal{1, 39}), BindError);
    CHECK_THROWS_AS(literal(Decimal{1, -1}), BindError);
    CHECK_THROWS_AS(literal(IntervalDayTime{1, -1}), BindError);
    const auto ten =
        Decimal{parse_decimal("99999999999999999999999999999999999999")->unscaled + 1, 0};
    CHECK_THROWS_AS(literal(ten), BindError);
}

TEST_CASE("a statement that servers take apart differently is refused", "[unit][hive]") {
    CHECK(error("select 'a, ?", {1}) ==
          "hive: the statement has a quote that is never closed: ' is missing");
    CHECK(error("select /* ?", {1}) ==
          "hive: the statement has a comment that is never closed: */ is missing");
    CHECK_THAT(error("select r'\\', ?, '", {1}),
               Catch::Contains("has a raw string with a backslash"));
    CHECK(error("select r'[a-z]', bar'\\'', ?", {1}) == "select r'[a-z]', bar'\\'', 1");
    CHECK_THAT(error("select ?, ?", {std::string(40U << 20U, '\''), 1}),
               Catch::Contains("passes 64 MiB"));
}
