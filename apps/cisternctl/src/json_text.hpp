#pragma once

#include <string>
#include <string_view>

namespace cisternctl {

// `text` as a JSON string; bytes that are no UTF-8 are made visible first.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace cisternctl
