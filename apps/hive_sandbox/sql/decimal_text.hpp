#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

// `text` ("12.345", "-1e3") rounded half up to `scale` digits and padded to them. Nothing when it
// is no number, or has more than `precision` digits.
[[nodiscard]] std::optional<std::string> decimal_text(std::string_view text,
                                                      int precision,
                                                      int scale);

// How many digits a decimal text has that count.
[[nodiscard]] int significant_digits(std::string_view decimal);

}  // namespace sandbox
