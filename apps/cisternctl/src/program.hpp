#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace cisternctl {

// The whole program behind main(): runs what the arguments ask for and returns the exit status.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments,
                              std::ostream& out,
                              std::ostream& errors);

}  // namespace cisternctl
