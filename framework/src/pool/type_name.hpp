#pragma once

#include <string>
#include <typeinfo>

namespace cistern {

// The type as it is written in the source.
[[nodiscard]] std::string type_name(const std::type_info& type);

}  // namespace cistern
