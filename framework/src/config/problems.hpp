#pragma once

#include <string>
#include <vector>

namespace cistern {

// Every problem found, each a sentence of its own that says where, what, and what would be right.
using Problems = std::vector<std::string>;

// All of `problems` as the text of one error; the same sentence is not said twice, and what no
// reader would read is only counted.
[[nodiscard]] std::string problem_list(const Problems& problems);

}  // namespace cistern
