#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace hive_query {

template <std::integral Integer>
void append_integer(std::string& out, Integer value) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
}

// The fewest digits that read back as the same number, laid out as Hive itself does: 1.0, 0.001,
// 1.0E10, NaN, -Infinity.
void append_double(std::string& out, double value);
// The same for a FLOAT, which travels as a double.
void append_float(std::string& out, float value);

// True for what JSON takes as a number.
[[nodiscard]] bool is_json_number(std::string_view text) noexcept;

}  // namespace hive_query
