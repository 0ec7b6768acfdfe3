#pragma once

#include <string_view>

namespace cistern::test {

// Switches one planted defect on, for the rest of the program. Throws std::invalid_argument when
// there is none of that name, or when this program was built without any.
void plant(std::string_view mutant);

}  // namespace cistern::test
