#pragma once

#include <cstdint>
#include <string>

namespace cistern::test {

struct Arguments {
    std::string program = "cistern_sim";
    std::uint64_t first = 1;
    std::uint64_t last = 1;
    std::uint64_t max_steps = 0;  // 0: the usual limit
    std::string mutant;
    bool is_verbose = false;
    bool keeps_going = false;
    bool runs_twice = false;  // each seed, and compares the two runs
    bool must_fail = false;   // succeed as soon as a seed fails, as it must with a mutant
};

inline constexpr const char* kUsage =
    "usage: cistern_sim --seeds A..B | --seed N  [--mutant NAME] [--steps N] [--verbose] "
    "[--keep-going] [--must-fail] [--twice]";

// Throws std::invalid_argument.
[[nodiscard]] Arguments parse_arguments(int count, const char* const* values);

}  // namespace cistern::test
