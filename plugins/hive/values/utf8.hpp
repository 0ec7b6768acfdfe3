#pragma once

#include <string_view>

namespace hive {

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace hive
