#include "message_text.hpp"

namespace cistern {
namespace {

constexpr std::size_t kLongestShown = 120;

bool is_control(char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
}

std::string escaped(char byte) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(byte);
    return {'\\', 'x', kDigits[value >> 4U], kDigits[value & 15U]};
}

// Cutting in the middle of a UTF-8 sequence would leave half a character behind.
std::string_view shortened(std::string_view text) {
    if (text.size() <= kLongestShown) {
        return text;
    }
    auto size = kLongestShown;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
        --size;
    }
    return text.substr(0, size);
}

}  // namespace

std::string shown_key(std::string_view text) {
    const auto shown = shortened(text);
    std::string result;
    for (const char byte : shown) {
        result += is_control(byte) ? escaped(byte) : std::string{byte};
    }
    return result + (shown.size() < text.size() ? "..." : "");
}

std::string in_quotes(std::string_view text) {
    return '"' + shown_key(text) + '"';
}

std::string one_of(const std::vector<std::string>& choices) {
    std::string result;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i > 0) {
            result += i + 1 == choices.size() ? " or " : ", ";
        }
        result += choices[i];
    }
    return result;
}

}  // namespace cistern
