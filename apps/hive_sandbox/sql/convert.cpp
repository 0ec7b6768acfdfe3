#include "sql/convert.hpp"

#include "sql/decimal_text.hpp"
#include "sql/temporal.hpp"
#include "sql/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace sandbox {
namespace {

// SQLite counts with doubles, which keep this many decimal digits.
constexpr int kDoubleDigits = 15;

std::string shortest(double value) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::optional<double> to_double(std::string_view text) {
    text = trim(text);
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> to_double(const Cell& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        return static_cast<double>(*i);
    }
    if (const auto* d = std::get_if<double>(&value)) {
        return *d;
    }
    if (const auto* s = std::get_if<std::string>(&value)) {
        return to_double(std::string_view{*s});
    }
    return std::nullopt;
}

// Toward zero and clamped, as Java's cast does.
std::int64_t to_integer(double value) {
    constexpr double kEdge = 9223372036854775808.0;
    if (std::isnan(value)) {
        return 0;
    }
    if (value >= kEdge) {
        return std::numeric_limits<std::int64_t>::max();
    }
    return value < -kEdge ? std::numeric_limits<std::int64_t>::min()
                          : static_cast<std::int64_t>(value);
}

std::int64_t low_bits(std::int64_t value, TypeId id) {
    switch (id) {
        case TypeId::kTinyint:
            return static_cast<std::int8_t>(value);
        case TypeId::kSmallint:
            return static_cast<std::int16_t>(value);
        case TypeId::kInt:
            return static_cast<std::int32_t>(value);
        default:
            return value;
    }
}

Cell integer(const Cell& value, TypeId id) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        return low_bits(*i, id);
    }
    if (const auto* d = std::get_if<double>(&value)) {
        return low_bits(to_integer(*d), id);
    }
    if (const auto* s = std::get_if<std::string>(&value)) {
        const std::string_view text = trim(*s);
        std::int64_t whole = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
        if (error == std::errc{} && end == text.data() + text.size()) {
            return fits(whole, id) ? Cell{whole} : Cell{};
        }
        if (const auto number = to_double(text); number && std::abs(*number) < 9.2e18) {
            const std::int64_t cut = to_integer(*number);
            return fits(cut, id) ? Cell{cut} : Cell{};
        }
    }
    return {};
}

Cell boolean(const Cell& value) {
    if (const auto* s = std::get_if<std::string>(&value)) {
        for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"}) {
            if (same_word(trim(*s), yes)) {
                return std::int64_t{1};
            }
        }
        for (const std::string_view no : {"false", "f", "no", "n", "off", "0"}) {
            if (same_word(trim(*s), no)) {
                return std::int64_t{0};
            }
        }
        return {};
    }
    const auto number = to_double(value);
    return number ? Cell{std::int64_t{*number != 0}} : Cell{};
}

Cell floating(const Cell& value, TypeId id) {
    const auto number = to_double(value);
    if (!number) {
        return {};
    }
    if (std::isnan(*number)) {
        return std::string{"NaN"};
    }
    return id == TypeId::kFloat ? widened_float(*number) : *number;
}

std::string text_of(const Cell& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        return std::to_string(*i);
    }
    if (const auto* d = std::get_if<double>(&value)) {
        return java_double(*d);
    }
    if (const auto* b = std::get_if<Blob>(&value)) {
        return b->bytes;
    }
    return std::get<std::string>(value);
}

Cell decimal(const Cell& value, const SqlType& type) {
    const auto* d = std::get_if<double>(&value);
    const auto text =
        decimal_text(d != nullptr ? shortest(*d) : text_of(value), type.precision, type.scale);
    if (!text) {
        return {};
    }
    if (significant_digits(*text) > kDoubleDigits) {
        return *text;
    }
    return type.scale == 0 ? integer(*text, TypeId::kBigint)
                           : Cell{*to_double(std::string_view{*text})};
}

Cell optional_text(std::optional<std::string> text) {
    return text ? Cell{std::move(*text)} : Cell{};
}

// The first `most` characters of UTF-8 text.
std::string cut(std::string text, int most) {
    int characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (starts_character && ++characters > most) {
            text.resize(i);
            break;
        }
    }
    return text;
}

std::string without_trailing_blanks(std::string text) {
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::size_t characters_in(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) {
        count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
}

Cell timestamp(const Cell& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) {
        return timestamp_of_epoch(*i);
    }
    if (const auto* d = std::get_if<double>(&value)) {
        return timestamp_of_epoch(to_integer(*d));
    }
    return optional_text(timestamp_text(text_of(value)));
}

}  // namespace

bool fits(std::int64_t value, TypeId id) noexcept {
    switch (id) {
        case TypeId::kTinyint:
            return std::in_range<std::int8_t>(value);
        case TypeId::kSmallint:
            return std::in_range<std::int16_t>(value);
        case TypeId::kInt:
            return std::in_range<std::int32_t>(value);
        default:
            return true;
    }
}

Cell convert(const Cell& value, const SqlType& type) {
    if (is_null(value)) {
        return {};
    }
    switch (type.id) {
        case TypeId::kBoolean:
            return boolean(value);
        case TypeId::kTinyint:
        case TypeId::kSmallint:
        case TypeId::kInt:
        case TypeId::kBigint:
            return integer(value, type.id);
        case TypeId::kFloat:
        case TypeId::kDouble:
            return floating(value, type.id);
        case TypeId::kDecimal:
            return decimal(value, type);
        case TypeId::kBinary:
            return Blob{text_of(value)};
        case TypeId::kDate:
            return optional_text(date_text(text_of(value)));
        case TypeId::kTimestamp:
            return timestamp(value);
        case TypeId::kTimestampLocalTz:
            return optional_text(local_timestamp_text(text_of(value)));
        case TypeId::kIntervalYearMonth:
            return optional_text(year_month_text(text_of(value)));
        case TypeId::kIntervalDayTime:
            return optional_text(day_time_text(text_of(value)));
        case TypeId::kVarchar:
            return cut(text_of(value), type.length);
        case TypeId::kChar:
            return without_trailing_blanks(cut(text_of(value), type.length));
        case TypeId::kNull:
            return {};
        default:
            return text_of(value);
    }
}

std::string display(const Cell& value, const SqlType& type) {
    if (type.id == TypeId::kDecimal) {
        const auto* d = std::get_if<double>(&value);
        const std::string number = d != nullptr ? shortest(*d) : text_of(value);
        return decimal_text(number, 38, type.scale).value_or(number);
    }
    std::string text = text_of(value);
    if (type.id == TypeId::kChar) {
        const std::size_t have = characters_in(text);
        const auto want = static_cast<std::size_t>(type.length);
        text.append(want > have ? want - have : 0, ' ');
    }
    return text;
}

std::string java_double(double value) {
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "Infinity" : "-Infinity";
    }
    const double size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-3 && size < 1e7);
    std::array<char, 400> buffer{};
    const auto style = plain ? std::chars_format::fixed : std::chars_format::scientific;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, style).ptr;
    std::string text{buffer.data(), end};
    if (plain) {
        return text.find('.') == std::string::npos ? text + ".0" : text;
    }
    const auto e = text.find('e');
    int exponent = 0;
    const char* digits = text.data() + e + 1 + (text[e + 1] == '+' ? 1 : 0);
    std::from_chars(digits, text.data() + text.size(), exponent);
    std::string mantissa = text.substr(0, e);
    if (mantissa.find('.') == std::string::npos) {
        mantissa += ".0";
    }
    return mantissa + 'E' + std::to_string(exponent);
}

double widened_float(double value) {
    std::array<char, 64> buffer{};
    const auto narrow = static_cast<float>(value);
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), narrow).ptr;
    double wide = narrow;
    std::from_chars(buffer.data(), end, wide);
    return wide;
}

}  // namespace sandbox
