#include "properties_escape.hpp"

#include <Poco/UTF8Encoding.h>

#include <array>
#include <charconv>
#include <optional>

namespace cistern {
namespace {

constexpr std::size_t kUnicodeDigits = 4;

bool is_surrogate(unsigned value, unsigned first) {
    return value >= first && value < first + 0x400;
}

// Takes the digits of \uXXXX off the front.
std::optional<unsigned> take_unit(std::string_view& rest) {
    unsigned value = 0;
    const auto digits = rest.substr(0, kUnicodeDigits);
    const auto* const end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, value, 16);
    if (digits.size() < kUnicodeDigits || failed != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    rest.remove_prefix(kUnicodeDigits);
    return value;
}

// A character beyond the first 65536 is written as two units.
std::optional<unsigned> take_character(std::string_view& rest) {
    constexpr unsigned kHigh = 0xD800;
    constexpr unsigned kLow = 0xDC00;
    const auto first = take_unit(rest);
    if (!first || *first == 0 || is_surrogate(*first, kLow)) {
        return std::nullopt;
    }
    if (!is_surrogate(*first, kHigh)) {
        return first;
    }
    if (!rest.starts_with("\\u")) {
        return std::nullopt;
    }
    rest.remove_prefix(2);
    const auto second = take_unit(rest);
    if (!second || !is_surrogate(*second, kLow)) {
        return std::nullopt;
    }
    return 0x10000 + ((*first - kHigh) << 10U) + (*second - kLow);
}

std::string utf8(unsigned character) {
    std::array<unsigned char, 4> bytes{};
    const int size = Poco::UTF8Encoding{}.convert(
        static_cast<int>(character), bytes.data(), static_cast<int>(bytes.size()));
    return {bytes.begin(), bytes.begin() + size};
}

std::optional<char> simple_escape(char after_backslash) {
    switch (after_backslash) {
        case 't':
            return '\t';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 'f':
            return '\f';
        default:
            break;
    }
    constexpr std::string_view kThemselves = "\\ =:#!\"'";
    if (kThemselves.find(after_backslash) != std::string_view::npos) {
        return after_backslash;
    }
    return std::nullopt;
}

bool is_utf8(std::string_view line) {
    const Poco::UTF8Encoding encoding;
    while (!line.empty()) {
        std::array<unsigned char, 4> bytes{};
        const auto have = std::min(line.size(), bytes.size());
        std::copy_n(line.begin(), have, bytes.begin());
        // What is asked for is one byte, then as many as that byte announces.
        int size = encoding.sequenceLength(bytes.data(), 1);
        if (size < 0) {
            size = -size;
        }
        if (size < 1 || static_cast<std::size_t>(size) > have ||
            !Poco::UTF8Encoding::isLegal(bytes.data(), size)) {
            return false;
        }
        line.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

}  // namespace

Unescaped unescape(std::string_view raw) {
    Unescaped result;
    while (!raw.empty()) {
        const char first = raw.front();
        raw.remove_prefix(1);
        if (first != '\\' || raw.empty()) {
            result.text += first;
            continue;
        }
        const char escaped = raw.front();
        raw.remove_prefix(1);
        if (escaped == 'u') {
            const auto character = take_character(raw);
            if (!character) {
                return {{}, "\\u must be followed by the four hexadecimal digits of a character"};
            }
            result.text += utf8(*character);
        } else if (const auto plain = simple_escape(escaped)) {
            result.text += *plain;
        } else {
            return {{},
                    "a backslash stands before a character that it means nothing for; a backslash "
                    "itself is written twice"};
        }
    }
    return result;
}

std::string bytes_problem(std::string_view line) {
    for (const char byte : line) {
        const auto value = static_cast<unsigned char>(byte);
        if ((value < 0x20 && byte != '\t' && byte != '\f') || value == 0x7f) {
            return "holds a control character (byte " + std::to_string(value) +
                   "); the file must be plain text in UTF-8";
        }
    }
    return is_utf8(line) ? std::string{} : "is not UTF-8; save the file in that encoding";
}

}  // namespace cistern
