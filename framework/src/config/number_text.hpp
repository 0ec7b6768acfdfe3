#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cistern {

// Each reads all of `text` or nothing: no spaces, no plus sign, no trailing characters, and the
// same in every locale.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text);

// The shortest text that reads back as `number`.
[[nodiscard]] std::string decimal_text(double number);

}  // namespace cistern
