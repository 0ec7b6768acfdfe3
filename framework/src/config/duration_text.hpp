#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cistern {

// Reads "250ms", "30s", "10min": a whole number and its unit, nothing between them. A bare number
// is refused, because no reader knows its unit; only "0" needs none. Empty when `text` is no such
// thing or is too long to be counted in nanoseconds.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// The same the other way, in the largest unit that leaves no rest.
// REQUIRES: duration >= 0
[[nodiscard]] std::string exact_duration_text(std::chrono::nanoseconds duration);

// For messages: the units that parse_duration() knows.
[[nodiscard]] std::string_view duration_units() noexcept;

}  // namespace cistern
