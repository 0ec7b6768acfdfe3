#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// `text` in quotes, short enough for one line of a message, with every control character shown as
// an escape: what stands in a file must not forge a line of a log.
[[nodiscard]] std::string in_quotes(std::string_view text);

// `text` the same way without quotes, for a key.
[[nodiscard]] std::string shown_key(std::string_view text);

// "a, b or c".
[[nodiscard]] std::string one_of(const std::vector<std::string>& choices);

}  // namespace cistern
