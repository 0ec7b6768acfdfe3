// Random values of random types, written as the servers write them and read again.

#include "nested_writers.hpp"

#include <cistern/hive/nested.hpp>

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <variant>

using namespace hive;
using namespace hive::test;

namespace {

using Kind = Value::Kind;

class Maker {
public:
    explicit Maker(unsigned seed) : chance_{seed} {}

    // A container of a random type.
    NestedType container(int depth) {
        NestedType type{.type = static_cast<Type>(10 + below(4))};
        const std::size_t parts = type.type == Type::kArray ? 1
                                  : type.type == Type::kMap ? 2
                                                            : 1 + below(3);
        for (std::size_t i = 0; i < parts; ++i) {
            const bool is_key = type.type == Type::kMap && i == 0;
            type.parts.push_back(is_key || depth == 0 || below(2) == 0 ? scalar()
                                                                       : container(depth - 1));
            if (type.type == Type::kStruct) {
                type.names.push_back("f" + std::to_string(i));
            }
        }
        return type;
    }

    Value value(const NestedType& type, bool is_key = false) {
        if (!is_key && below(8) == 0) {
            return {};
        }
        switch (type.type) {
            case Type::kArray:
                return list(type);
            case Type::kMap:
            case Type::kStruct:
                return entries(type);
            case Type::kUnion: {
                const auto tag = below(type.parts.size());
                return {.kind = Kind::kEntries,
                        .keys = {{.kind = Kind::kNumber, .text = std::to_string(tag)}},
                        .items = {value(type.parts[tag])}};
            }
            case Type::kBoolean:
                return {.kind = Kind::kBoolean, .boolean = below(2) == 0};
            case Type::kInt:
                return {.kind = Kind::kNumber, .text = std::to_string(static_cast<int>(chance_()))};
            case Type::kDouble:
                return {.kind = Kind::kNumber,
                        .text = pick({"0.0", "-1.5E-7", "NaN", "-Infinity"})};
            case Type::kDecimal:
                return {.kind = Kind::kNumber,
                        .text = pick({"0", "-12.50", "99999999999999999999.9"})};
            case Type::kDate:
                return {.kind = Kind::kText, .text = pick({"0001-01-01", "2024-02-29"})};
            case Type::kTimestamp:
                return {.kind = Kind::kText,
                        .text = pick({"2024-02-29 12:34:56", "1969-12-31 23:59:59.9"})};
            case Type::kIntervalDayTime:
                return {.kind = Kind::kText, .text = pick({"-3 04:05:06.789000000"})};
            default:
                return {.kind = Kind::kText, .text = string()};
        }
    }

    std::size_t below(std::size_t limit) { return chance_() % limit; }

private:
    NestedType scalar() {
        constexpr Type kScalars[] = {Type::kString,
                                     Type::kString,
                                     Type::kVarchar,
                                     Type::kBoolean,
                                     Type::kInt,
                                     Type::kDouble,
                                     Type::kDecimal,
                                     Type::kDate,
                                     Type::kTimestamp,
                                     Type::kIntervalDayTime};
        return {.type = kScalars[below(std::size(kScalars))]};
    }
    Value list(const NestedType& type) {
        Value out{.kind = Kind::kList};
        for (auto count = below(3); count > 0; --count) {
            out.items.push_back(value(type.parts[0]));
        }
        return out;
    }
    Value entries(const NestedType& type) {
        Value out{.kind = Kind::kEntries};
        const bool is_map = type.type == Type::kMap;
        const auto count = is_map ? below(3) : type.parts.size();
        for (std::size_t i = 0; i < count; ++i) {
            out.keys.push_back(is_map ? value(type.parts[0], true)
                                      : Value{.kind = Kind::kText, .text = type.names[i]});
            out.items.push_back(value(type.parts[is_map ? 1 : i]));
        }
        return out;
    }
    // Often out of the characters that mean something to a reader.
    std::string string() {
        std::string out;
        for (auto count = below(6); count > 0; --count) {
            out += pick({"\"",    "\"",
                         "\\",    ",",
                         ":",     "[",
                         "]",     "{",
                         "}",     "\",\"",
                         "\":\"", "null",
                         "1",     "a",
                         "f0",    "\"f1\":",
                         "\n",    std::string(1, '\0'),
                         "ü",     "\xF0\x9F\x9C\x81"});
        }
        return out;
    }
    std::string pick(std::initializer_list<std::string> of) { return of.begin()[below(of.size())]; }

    std::mt19937 chance_;
};

constexpr int kRounds = 20'000;

}  // namespace

TEST_CASE("what Hive writes of any nested value is read as that value", "[unit][hive]") {
    Maker maker{1};
    for (int round = 0; round < kRounds; ++round) {
        const auto type = maker.container(3);
        const auto value = maker.value(type);
        if (value.kind == Kind::kNull) {
            continue;  // a NULL is in the column's bitmap, not in its text
        }
        const auto text = written_by_hive(value, type);
        INFO(text);
        REQUIRE(parse_nested(text, {.writer = Writer::kHive, .declared = &type}) == Nested{value});
        REQUIRE(parse_nested(text, {.writer = Writer::kHive}) == Nested{value});
        const auto unknown = parse_nested(text, {.declared = &type});
        REQUIRE((std::holds_alternative<Unread>(unknown) || unknown == Nested{value}));
    }
}

TEST_CASE("what Spark writes of any nested value is read as that value or handed out as text",
          "[unit][hive]") {
    Maker maker{2};
    int read = 0;
    int handed_out = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto type = maker.container(3);
        const auto value = maker.value(type);
        if (value.kind == Kind::kNull) {
            continue;
        }
        const auto text = written_by_spark(value, type);
        INFO(text);
        for (const NestedType* declared : {static_cast<const NestedType*>(nullptr), &type}) {
            const auto nested =
                parse_nested(text, {.writer = Writer::kSpark, .declared = declared});
            if (const auto* unread = std::get_if<Unread>(&nested)) {
                REQUIRE(unread->text == text);
                REQUIRE(unread->position <= text.size());
                REQUIRE_FALSE(unread->reason.empty());
                ++handed_out;
            } else {
                REQUIRE(nested == Nested{value});
                ++read;
            }
        }
    }
    CHECK(read > kRounds / 4);
    CHECK(handed_out > kRounds / 10);
}
