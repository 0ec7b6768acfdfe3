#pragma once

#include <string_view>

namespace hive_query {

[[nodiscard]] std::string_view help_text() noexcept;

}  // namespace hive_query
