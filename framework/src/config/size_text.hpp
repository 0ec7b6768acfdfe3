#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cistern {

// Reads a number of bytes: "4096", "64KiB", "16MiB". Empty when `text` is no such thing or too
// large. "KB" is refused, because some read it as 1000 and some as 1024.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

// The same the other way, in the largest unit that leaves no rest.
// REQUIRES: bytes >= 0
[[nodiscard]] std::string size_text(std::int64_t bytes);

}  // namespace cistern
