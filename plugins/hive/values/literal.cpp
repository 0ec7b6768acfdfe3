#include "utf8.hpp"

#include <cistern/hive/parameters.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

namespace hive {
namespace {

std::string quoted(const std::string& plain) {
    return '\'' + plain + '\'';
}

std::string cast(const std::string& plain, const char* type) {
    return "cast(" + quoted(plain) + " as " + type + ")";
}

std::string unhex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out = "unhex('";
    out.reserve(out.size() + 2 * bytes.size() + 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
    return out + "')";
}

// Whether a text between single quotes means itself to every server, and ends nothing even where a
// server sees a comment that we do not.
bool is_ordinary(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\'' || c == '\\' ||
            c == '$') {
            return false;
        }
    }
    // The last two are U+FFFE and U+FFFF, no characters, and the end of input to some lexers.
    for (const std::string_view mark : {"--", "/*", "*/", "\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
        if (text.find(mark) != std::string_view::npos) {
            return false;
        }
    }
    return true;
}

std::string string_literal(const std::string& text) {
    if (!is_utf8(text)) {
        throw BindError{
            "hive: the value is a string that is not UTF-8; what is no text is sent as Bytes"};
    }
    return is_ordinary(text) ? quoted(text) : "decode(" + unhex(text) + ", 'UTF-8')";
}

// A literal cannot be negative: 1 -? would become 1 --1, a comment.
template <class Integer>
std::string integer_literal(Integer value) {
    constexpr bool kIsTiny = std::is_same_v<Integer, std::int8_t>;
    constexpr bool kIsSmall = std::is_same_v<Integer, std::int16_t>;
    constexpr bool kIsBig = std::is_same_v<Integer, std::int64_t>;
    const char* const suffix = kIsTiny ? "Y" : kIsSmall ? "S" : kIsBig ? "L" : "";
    const char* const type = kIsTiny    ? "tinyint"
                             : kIsSmall ? "smallint"
                             : kIsBig   ? "bigint"
                                        : "int";
    const auto digits = std::to_string(value);
    return value < 0 ? cast(digits, type) : digits + suffix;
}

template <class Real>
std::string real_literal(Real value) {
    const char* const type = std::is_same_v<Real, float> ? "float" : "double";
    if (std::isnan(value)) {
        return cast("NaN", type);
    }
    if (std::isinf(value)) {
        return cast(value < 0 ? "-Infinity" : "Infinity", type);
    }
    std::array<char, 32> digits{};  // the shortest that is read as the same number: 24 at most
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return cast(std::string(digits.data(), end), type);
}

std::string decimal_literal(const Decimal& value) {
    const bool has_scale = value.scale >= 0 && value.scale <= Decimal::kMaxDigits;
    const auto text = has_scale ? to_text(value) : std::string{};
    if (!has_scale || !parse_decimal(text)) {
        throw BindError{
            "hive: the value is a decimal of more than 38 digits, or with a scale outside of 0 to "
            "38"};
    }
    std::size_t digits = 0;
    for (const char c : text) {
        digits += c >= '0' && c <= '9' ? 1 : 0;
    }
    // "0.01" has three digits and a precision of two.
    const auto precision = std::min<std::size_t>(digits, Decimal::kMaxDigits);
    return cast(
        text,
        ("decimal(" + std::to_string(precision) + ',' + std::to_string(value.scale) + ')').c_str());
}

std::string date_literal(const Date& value) {
    if (!value.ok() || !parse_date(to_text(value))) {
        throw BindError{"hive: the value is no date of the years 1 to 9999"};
    }
    return "date " + quoted(to_text(value));
}

std::string timestamp_literal(const Timestamp& value) {
    const bool is_near = value.seconds >= std::chrono::local_days{std::chrono::year{1} / 1 / 1} &&
                         value.seconds < std::chrono::local_days{std::chrono::year{10'000} / 1 / 1};
    if (!is_near || value.nanos > 999'999'999) {
        throw BindError{
            "hive: the value is no timestamp of the years 1 to 9999 with 0 to 999,999,999 "
            "nanoseconds"};
    }
    return "timestamp " + quoted(to_text(value));
}

std::string interval_literal(const IntervalDayTime& value) {
    const auto text = to_text(value);
    if (parse_interval_day_time(text) != value) {
        throw BindError{
            "hive: the value is no interval: seconds and nanoseconds differ in sign, or are out of "
            "range"};
    }
    return "interval " + quoted(text) + " day to second";
}

struct Literal {
    std::string operator()(std::nullptr_t) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    template <class Integer>
    requires std::is_integral_v<Integer> std::string operator()(Integer value) const {
        return integer_literal(value);
    }
    std::string operator()(float value) const { return real_literal(value); }
    std::string operator()(double value) const { return real_literal(value); }
    std::string operator()(const Decimal& value) const { return decimal_literal(value); }
    std::string operator()(const std::string& value) const { return string_literal(value); }
    std::string operator()(const Bytes& value) const { return unhex(value.bytes); }
    std::string operator()(const Date& value) const { return date_literal(value); }
    std::string operator()(const Timestamp& value) const { return timestamp_literal(value); }
    std::string operator()(const IntervalYearMonth& value) const {
        return "interval " + quoted(to_text(value)) + " year to month";
    }
    std::string operator()(const IntervalDayTime& value) const { return interval_literal(value); }
};

}  // namespace

std::string literal(const Parameter& value) {
    return std::visit(Literal{}, value);
}

}  // namespace hive
