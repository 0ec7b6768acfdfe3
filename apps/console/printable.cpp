#include "printable.hpp"

#include "utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace console {
namespace {

[[nodiscard]] bool is_plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

[[nodiscard]] std::size_t width_of(char32_t code) noexcept {
    const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code));
    return width < 0 ? 0 : static_cast<std::size_t>(width);
}

// Line and paragraph separators, and all that switches the direction of writing.
[[nodiscard]] bool disturbs_line(char32_t code) noexcept {
    return code == 0x2028 || code == 0x2029 || code == 0x200E || code == 0x200F || code == 0x061C ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

[[nodiscard]] bool is_control(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

std::size_t append_escaped(std::string& out, char32_t code, bool is_byte) {
    std::array<char, 16> text{};
    const char* named = nullptr;
    switch (code) {
        case '\n':
            named = "\\n";
            break;
        case '\r':
            named = "\\r";
            break;
        case '\t':
            named = "\\t";
            break;
        default:
            break;
    }
    if (named != nullptr) {
        out += named;
        return 2;
    }
    const char* const pattern = is_byte || code < 0x80 ? "\\x%02x" : "\\u%04x";
    const int size = std::snprintf(text.data(), text.size(), pattern, static_cast<unsigned>(code));
    out.append(text.data(), static_cast<std::size_t>(size));
    return static_cast<std::size_t>(size);
}

}  // namespace

std::size_t append_printable(std::string& out, std::string_view text) {
    if (is_plain(text)) {
        out += text;
        return text.size();
    }
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        if (!character.valid || is_control(character.code) || disturbs_line(character.code)) {
            width += append_escaped(out, character.code, !character.valid);
        } else {
            out.append(text, at, character.size);
            width += width_of(character.code);
        }
        at += character.size;
    }
    return width;
}

std::string printable(std::string_view text) {
    std::string out;
    append_printable(out, text);
    return out;
}

std::string printable_lines(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        append_printable(out, text.substr(0, end));
        out += '\n';
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return out;
}

std::size_t display_width(std::string_view text) noexcept {
    if (is_plain(text)) {
        return text.size();
    }
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Character character = character_at(text, at);
        width += character.valid ? width_of(character.code) : 1;
        at += character.size;
    }
    return width;
}

}  // namespace console
