#pragma once

// Small text helpers for ASCII words: SQL keywords, type names, option names.

#include <algorithm>
#include <string>
#include <string_view>

namespace sandbox {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_space(char c) noexcept {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
[[nodiscard]] constexpr bool is_alpha(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

[[nodiscard]] inline std::string to_lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}
[[nodiscard]] inline std::string to_upper(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), upper);
    return out;
}
[[nodiscard]] inline bool same_word(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return lower(x) == lower(y);
    });
}
[[nodiscard]] inline std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

// `'` around the text, `'` inside doubled: SQLite's form of a string.
[[nodiscard]] std::string quote_string(std::string_view text);
// The same with `"`: SQLite's form of a name.
[[nodiscard]] std::string quote_name(std::string_view name);

enum class Case { kMatters, kIgnored };

// SQL LIKE: % and _, with \ before either to mean itself.
[[nodiscard]] bool like(std::string_view text, std::string_view pattern, Case letters);

}  // namespace sandbox
