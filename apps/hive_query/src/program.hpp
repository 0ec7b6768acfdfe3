#pragma once

#include <string>
#include <vector>

namespace hive_query {

// The whole program behind main(): runs what the arguments ask for and returns the exit status.
[[nodiscard]] int run_program(const std::vector<std::string>& arguments);

}  // namespace hive_query
