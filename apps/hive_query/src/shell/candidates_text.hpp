#pragma once

#include "line_editor.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// What TAB adds behind `before_cursor`: as much as all words have in common, and a blank behind the
// only one. Empty when they part right there.
[[nodiscard]] std::string insertion(const Candidates& found, std::string_view before_cursor);

// The words in columns, for a terminal of that width; of very many, the first ones.
[[nodiscard]] std::string list_text(const std::vector<std::string>& words, std::size_t columns);

}  // namespace hive_query
