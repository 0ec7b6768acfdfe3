#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace console {

// Appends `text` in a form that is safe on a terminal and stays on its line, and returns how many
// columns it takes there. What could move the cursor, change colours or reverse the direction of
// writing becomes visible: \n, \t, \x1b, \u202e; so do bytes that are no UTF-8: \xff.
std::size_t append_printable(std::string& out, std::string_view text);

[[nodiscard]] std::string printable(std::string_view text);
// As printable(), but lines stay lines; each ends with a line feed.
[[nodiscard]] std::string printable_lines(std::string_view text);

// The columns that `text`, already printable, takes on a terminal: 2 for wide characters, 0 for
// combining ones.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

}  // namespace console
