#pragma once

#include "arguments.hpp"

#include <string_view>

namespace cisternctl {

[[nodiscard]] std::string_view help_text(Command command) noexcept;

}  // namespace cisternctl
