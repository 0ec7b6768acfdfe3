#include <cistern/hive/nested.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <variant>

using namespace hive;

namespace {

using Kind = Value::Kind;

Value number(std::string text) {
    return {.kind = Kind::kNumber, .text = std::move(text)};
}
Value string(std::string text) {
    return {.kind = Kind::kText, .text = std::move(text)};
}
Value list(std::vector<Value> items) {
    return {.kind = Kind::kList, .items = std::move(items)};
}
Value entries(std::vector<Value> keys, std::vector<Value> items) {
    return {.kind = Kind::kEntries, .keys = std::move(keys), .items = std::move(items)};
}

Nested by(Writer writer, std::string_view text) {
    return parse_nested(text, {.writer = writer});
}
Nested by_spark(std::string_view text, const char* type) {
    const auto declared = parse_type(type);
    return parse_nested(text, {.writer = Writer::kSpark, .declared = &declared});
}

std::string reason(const Nested& nested) {
    REQUIRE(std::holds_alternative<Unread>(nested));
    return std::get<Unread>(nested).reason + " @" +
           std::to_string(std::get<Unread>(nested).position);
}

}  // namespace

TEST_CASE("what real servers wrote is read", "[unit][hive]") {
    CHECK(by(Writer::kHive, "[1,2,null]") == Nested{list({number("1"), number("2"), {}})});
    CHECK(by(Writer::kHive, R"({"half":0.5,"none":null})") ==
          Nested{entries({string("half"), string("none")}, {number("0.5"), {}})});
    CHECK(by(Writer::kHive, R"({"\"":4.9E-324})") ==
          Nested{entries({string("\"")}, {number("4.9E-324")})});
    CHECK(by(Writer::kHive, R"({"name":"line\nbreak","amount":-999.999})") ==
          Nested{entries({string("name"), string("amount")},
                         {string("line\nbreak"), number("-999.999")})});
    CHECK(by(Writer::kHive, "{0:1}") == Nested{entries({number("0")}, {number("1")})});
    const auto nested = list({entries(
        {string("day"), string("tags")},
        {string("2024-03-01"), entries({number("1")}, {list({string("a"), string("b")})})})});
    CHECK(by(Writer::kHive, R"([{"day":"2024-03-01","tags":{1:["a","b"]}}])") == Nested{nested});
    CHECK(by(Writer::kSpark, "[null,{\"day\":null,\"tags\":null}]").index() == 1);
    CHECK(by_spark("[null,{\"day\":null,\"tags\":null}]",
                   "array<struct<day:date,tags:map<int,array<string>>>>") ==
          Nested{list({{}, entries({string("day"), string("tags")}, {{}, {}})})});
    CHECK(by(Writer::kSpark, "[]") == Nested{list({})});
    CHECK(by(Writer::kSpark, "{}") == Nested{entries({}, {})});
}

TEST_CASE("a text of Spark's is read only where one reading is left", "[unit][hive]") {
    CHECK(by(Writer::kSpark, R"(["only one"])") == Nested{list({string("only one")})});
    CHECK(by(Writer::kSpark, R"(["a "quoted" word"])") ==
          Nested{list({string("a \"quoted\" word")})});
    CHECK(by(Writer::kSpark, R"({"k":"v"})") == Nested{entries({string("k")}, {string("v")})});
    CHECK(reason(by(Writer::kSpark, R"([1,"a","b"])")) ==
          "can be read in more than one way, as strings are not escaped: the one that begins here "
          "may "
          "end at several quotation marks @4");
    CHECK(by(Writer::kSpark, R"({"a":1,"b":2})").index() == 1);
    CHECK(by_spark(R"({"a":1,"b":2})", "struct<a:int,b:int>") ==
          Nested{entries({string("a"), string("b")}, {number("1"), number("2")})});
    CHECK(by_spark(R"({"a":1,"b":2})", "map<string,int>").index() == 1);
    CHECK(by_spark("[{\"day\":2024-03-01,\"at\":2024-03-01 12:00:00.5}]",
                   "array<struct<day:date,at:timestamp>>") ==
          Nested{list({entries({string("day"), string("at")},
                               {string("2024-03-01"), string("2024-03-01 12:00:00.5")})})});
}

TEST_CASE("who promises that no string holds a quotation mark has Spark's texts read",
          "[unit][hive]") {
    const NestedOptions promised{.writer = Writer::kSpark, .no_quotes_in_strings = true};
    CHECK(parse_nested(R"(["a","b,]"])", promised) == Nested{list({string("a"), string("b,]")})});
    CHECK(reason(parse_nested(R"(["a "quoted" word"])", promised)) ==
          "has something else here: a list ends with ] @5");
}

TEST_CASE("of an unknown server a text is read where Hive and Spark mean the same by it",
          "[unit][hive]") {
    CHECK(by(Writer::kUnknown, "[1,true,NaN]") ==
          Nested{list({number("1"), {.kind = Kind::kBoolean, .boolean = true}, number("NaN")})});
    CHECK(reason(by(Writer::kUnknown, R"(["a\\b"])")) ==
          "means one value if Apache Hive wrote it and another if Spark did @0");
    CHECK(writer_of("Apache Hive") == Writer::kHive);
    CHECK(writer_of("Spark SQL") == Writer::kSpark);
    CHECK(writer_of("Apache Kyuubi") == Writer::kUnknown);
}

TEST_CASE("what is no nested value is handed out with what is wrong and where", "[unit][hive]") {
    CHECK(reason(by(Writer::kHive, "")) == "begins with neither [ nor { @0");
    CHECK(reason(by(Writer::kHive, "[1")) == "ends too early: a list ends with ] @2");
    CHECK(reason(by(Writer::kHive, "[1]]")) == "goes on where it should have ended @3");
    CHECK(reason(by(Writer::kHive, "[\"a")) == "ends within a string @3");
    CHECK(reason(by(Writer::kHive, "[\"a\nb\"]")) ==
          "has a control character in a string, which Hive would have escaped @3");
    CHECK(reason(by(Writer::kHive, "[\"\\x\"]")) == "has an escape that Hive does not write @3");
    CHECK(reason(by(Writer::kHive, "[\"\\u12g4\"]")) ==
          "has a \\u without four hexadecimal digits @6");
    CHECK(reason(by(Writer::kHive, "[\"\\ud800\"]")) ==
          "has half of a surrogate pair in a string @8");
    CHECK(reason(by(Writer::kHive, "[abc]")) ==
          "is neither in quotes nor null, true, false, a number, a date or an interval here @1");
    CHECK(by(Writer::kHive, R"(["\ud83d\udf01\u00fc"])") ==
          Nested{list({string("\xF0\x9F\x9C\x81ü")})});
}

TEST_CASE("a declared type is held to, and a BINARY inside is never guessed", "[unit][hive]") {
    const auto by_hive = [](std::string_view text, const char* type) {
        const auto declared = parse_type(type);
        return parse_nested(text, {.writer = Writer::kHive, .declared = &declared});
    };
    CHECK(reason(by_hive("[1.5]", "array<int>")) == "is not of the declared type here @1");
    CHECK(reason(by_hive("[\"1\"]", "array<int>")) == "is not of the declared type here @1");
    CHECK(reason(by_hive("[1]", "array<string>")) == "is not of the declared type here @1");
    CHECK(reason(by_hive("{}", "array<int>")) ==
          "has something else here: an ARRAY begins with [ @0");
    CHECK(reason(by_hive("[49,50]", "array<binary>")) ==
          "holds a BINARY, whose bytes servers write without quotes @1");
    CHECK(reason(by_hive(R"({"b":1})", "struct<a:int>")) == "has another field than \"a\" here @2");
    CHECK(reason(by_hive(R"({"a":1})", "struct<a:int,b:int>")) ==
          "has fewer fields than its type @7");
    CHECK(reason(by_hive(R"({"a":1,"b":2})", "struct<a:int>")) ==
          "has more fields than its type @7");
    CHECK(reason(by_hive("{2:1}", "uniontype<int,string>")) ==
          "has a tag that its union does not have @3");
    CHECK(reason(by_hive("{}", "uniontype<int,string>")) == "is no union: that holds one value @2");
}

TEST_CASE("depth, size and number of values are limited, and beyond it the text is handed out",
          "[unit][hive]") {
    const std::string deep = std::string(65, '[') + std::string(65, ']');
    CHECK(reason(by(Writer::kHive, deep)) == "is nested deeper than 64 @64");
    CHECK(parse_nested(deep, {.writer = Writer::kSpark, .max_depth = 65}).index() == 0);
    const std::string bottomless(2'000'000, '[');
    CHECK(reason(parse_nested(bottomless, {.writer = Writer::kHive, .max_depth = 5'000'000})) ==
          "is nested deeper than 1000 @1000");
    CHECK(reason(parse_nested("[1,2]", {.writer = Writer::kHive, .max_bytes = 4})) ==
          "is longer than 4 bytes @0");
    CHECK(reason(parse_nested("[1,2]", {.writer = Writer::kSpark, .max_values = 2})) ==
          "holds more than 2 values @3");
}

TEST_CASE("a text with very many quotation marks is given up in time", "[unit][hive]") {
    std::string text = "[";
    for (int i = 0; i < 200'000; ++i) {
        text += "\"],";
    }
    CHECK(by(Writer::kSpark, text + "x").index() == 1);
}

TEST_CASE("types are read with all of their parts, and what is none is refused with the place",
          "[unit][hive]") {
    const auto type =
        parse_type("ARRAY<STRUCT<day: DATE, `odd:``name`: map<int, array<decimal(10, 2)>>>>");
    REQUIRE(type.type == Type::kArray);
    REQUIRE(type.parts[0].type == Type::kStruct);
    CHECK(type.parts[0].names == std::vector<std::string>{"day", "odd:`name"});
    CHECK(type.parts[0].parts[0].type == Type::kDate);
    CHECK(type.parts[0].parts[1].parts[1].parts[0].type == Type::kDecimal);
    CHECK(parse_type("timestamp with local time zone").type == Type::kTimestampLocalTz);
    CHECK_THROWS_WITH(parse_type("array<int"), "hive: the type lacks a >, at byte 9");
    CHECK_THROWS_WITH(parse_type("map<int>"), Catch::Contains("another number of parts"));
    CHECK_THROWS_WITH(parse_type("array<variant>"),
                      "hive: the type has an unknown type, at byte 6");
    CHECK_THROWS_AS(parse_type("struct<:int>"), std::invalid_argument);
    CHECK_THROWS_AS(parse_type("int>"), std::invalid_argument);
    std::string deep;
    for (int i = 0; i < 200; ++i) {
        deep += "array<";
    }
    CHECK_THROWS_WITH(parse_type(deep), Catch::Contains("nested too deeply"));
}
