#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// The items between `separator`s, without the spaces around them.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, char separator);

}  // namespace cistern
