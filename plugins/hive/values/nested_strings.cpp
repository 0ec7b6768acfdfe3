// The strings of a nested value: with the escapes of JSON, or with none.

#include "nested_reading.hpp"

#include <string_view>

namespace hive {
namespace {

constexpr bool is_high(char32_t unit) noexcept {
    return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low(char32_t unit) noexcept {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append_utf8(std::string& out, char32_t c) {
    const auto tail = [&](unsigned shift) {
        out += static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
    };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0U | (c >> 6U));
        tail(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0U | (c >> 12U));
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xF0U | (c >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

// 0: no such escape.
char escaped_as(char c) noexcept {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const auto found = kNames.find(c);
    return found == std::string_view::npos ? '\0' : kMeant[found];
}

}  // namespace

// Behind its first quotation mark; leaves behind its last.
std::string NestedReading::quoted(std::string_view followers) {
    if (strings_ == Strings::kEscaped) {
        return escaped();
    }
    const std::size_t end =
        strings_ == Strings::kNoQuotes ? text_.find('"', at_) : choices_.end_of(at_, followers);
    if (end == std::string_view::npos) {
        --at_;
        fail("has a string here that never ends");
    }
    std::string out{text_.substr(at_, end - at_)};
    at_ = end + 1;
    return out;
}

std::string NestedReading::escaped() {
    std::string out;
    while (!take('"')) {
        if (at_ == text_.size()) {
            fail("ends within a string");
        }
        const char c = text_[at_];
        if (static_cast<unsigned char>(c) < 0x20) {
            fail("has a control character in a string, which Hive would have escaped");
        }
        ++at_;
        if (c != '\\') {
            out += c;
        } else if (take('u')) {
            append_utf8(out, unicode_escape());
        } else if (const char meant = at_ < text_.size() ? escaped_as(text_[at_]) : '\0';
                   meant != '\0') {
            out += meant;
            ++at_;
        } else {
            fail("has an escape that Hive does not write");
        }
    }
    return out;
}

// Behind "\u".
char32_t NestedReading::unicode_escape() {
    const char32_t first = hex_digits();
    if (!is_high(first) && !is_low(first)) {
        return first;
    }
    if (is_high(first) && take('\\') && take('u')) {
        if (const char32_t second = hex_digits(); is_low(second)) {
            return 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00);
        }
    }
    fail("has half of a surrogate pair in a string");
}

char32_t NestedReading::hex_digits() {
    constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
    char32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
        const auto digit = at_ < text_.size() ? kDigits.find(text_[at_]) : std::string_view::npos;
        if (digit == std::string_view::npos) {
            fail("has a \\u without four hexadecimal digits");
        }
        unit = unit * 16 + static_cast<char32_t>(digit % 16);
        ++at_;
    }
    return unit;
}

}  // namespace hive
