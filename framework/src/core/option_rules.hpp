#pragma once

#include <cistern/pool_options.hpp>

#include <string>
#include <vector>

namespace cistern::core {

// A value, or two that contradict each other, with which a pool cannot be run as asked.
struct OptionProblem {
    std::string key;      // "min_idle", "retry.jitter"
    std::string message;  // what is wrong and what would be right
};

// Everything that is wrong with `options`, in the order of the options; empty when nothing is.
[[nodiscard]] std::vector<OptionProblem> check_options(const PoolOptions& options);

}  // namespace cistern::core
