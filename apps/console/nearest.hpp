#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace console {

// The candidate that `text` was most likely meant to be, upper and lower case apart; empty when
// none is near enough to be worth naming.
[[nodiscard]] std::string nearest(std::string_view text,
                                  const std::vector<std::string>& candidates);

}  // namespace console
