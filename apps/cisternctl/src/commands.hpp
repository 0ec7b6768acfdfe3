#pragma once

#include "arguments.hpp"

#include <iosfwd>

namespace cisternctl {

// Each runs one command, writes what it found, and returns the exit status. Errors of the framework
// pass through.
[[nodiscard]] int show_plugins(const Arguments& arguments, std::ostream& out);
[[nodiscard]] int check_file(const Arguments& arguments, std::ostream& out);
[[nodiscard]] int ping_pools(const Arguments& arguments, std::ostream& out);
[[nodiscard]] int show_stats(const Arguments& arguments, std::ostream& out);

}  // namespace cisternctl
