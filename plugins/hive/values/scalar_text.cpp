#include "scalar_text.hpp"

#include "text_cursor.hpp"

#include <cistern/hive/values.hpp>

#include <string>

namespace hive {
namespace {

bool is_word(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+' || c == '.';
}

bool is_integer(std::string_view text) noexcept {
    TextCursor cursor{text};
    cursor.take('-');
    return !cursor.digits().empty() && cursor.at_end();
}

bool is_number(std::string_view text) noexcept {
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") {
        return true;
    }
    TextCursor cursor{text};
    cursor.take('-');
    bool is_sound = !cursor.digits().empty();
    if (cursor.take('.')) {
        is_sound = is_sound && !cursor.digits().empty();
    }
    if (cursor.take('E')) {
        cursor.take('-');
        is_sound = is_sound && !cursor.digits().empty();
    }
    return is_sound && cursor.at_end();
}

bool is_time(std::string_view text) {
    return parse_date(text) || parse_timestamp(text) || parse_interval_year_month(text) ||
           parse_interval_day_time(text);
}

}  // namespace

bool is_container(Type type) noexcept {
    return type == Type::kArray || type == Type::kMap || type == Type::kStruct ||
           type == Type::kUnion;
}

std::size_t bare_size(std::string_view text) noexcept {
    constexpr std::string_view kClock = " 00:00:00";
    std::size_t size = 0;
    while (size < text.size() && is_word(text[size])) {
        ++size;
    }
    // A day with its time: the only word with a blank and colons in it.
    const auto clock = text.substr(size, kClock.size());
    bool has_clock = clock.size() == kClock.size();
    for (std::size_t i = 0; has_clock && i < kClock.size(); ++i) {
        has_clock = kClock[i] == '0' ? is_digit(clock[i]) : clock[i] == kClock[i];
    }
    if (has_clock) {
        size += kClock.size();
        while (size < text.size() && (is_digit(text[size]) || text[size] == '.')) {
            ++size;
        }
    }
    return size;
}

std::optional<Value> bare_value(std::string_view word) {
    if (word == "null") {
        return Value{};
    }
    if (word == "true" || word == "false") {
        return Value{.kind = Value::Kind::kBoolean, .boolean = word == "true"};
    }
    if (is_number(word)) {
        return Value{.kind = Value::Kind::kNumber, .text = std::string{word}};
    }
    if (is_time(word)) {
        return Value{.kind = Value::Kind::kText, .text = std::string{word}};
    }
    return std::nullopt;
}

bool fits(const Value& value, bool is_quoted, Type type) noexcept {
    if (value.kind == Value::Kind::kNull) {
        return true;
    }
    const bool is_bare_number = value.kind == Value::Kind::kNumber;
    switch (type) {
        case Type::kBoolean:
            return value.kind == Value::Kind::kBoolean;
        case Type::kTinyint:
        case Type::kSmallint:
        case Type::kInt:
        case Type::kBigint:
            return is_bare_number && is_integer(value.text);
        case Type::kFloat:
        case Type::kDouble:
            return is_bare_number;
        case Type::kDecimal:
            return is_bare_number && parse_decimal(value.text).has_value();
        case Type::kString:
        case Type::kVarchar:
        case Type::kChar:
            return is_quoted;
        case Type::kDate:
            return parse_date(value.text).has_value();
        case Type::kTimestamp:
            return parse_timestamp(value.text).has_value();
        case Type::kTimestampLocalTz:  // Spark's TIMESTAMP has a local time zone, and writes none
            return parse_timestamp(value.text) || parse_zoned_timestamp(value.text);
        case Type::kIntervalYearMonth:
            return parse_interval_year_month(value.text).has_value();
        case Type::kIntervalDayTime:
            return parse_interval_day_time(value.text).has_value();
        default:
            return false;
    }
}

}  // namespace hive
