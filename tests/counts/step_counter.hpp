#pragma once

#include <functional>

namespace cistern::test {

// What a thread executed, one instruction after the other.
struct Counts {
    long instructions = 0;
    long locked = 0;  // of them: with a lock prefix, or an exchange with memory
    long system_calls = 0;
    long allocations = 0;  // calls of malloc and its kin, whoever makes them
    long clock_reads = 0;  // of the processor's own counter, which every clock stands on

    friend bool operator==(const Counts&, const Counts&) = default;
};

// One run of `work`, for a step counter to look at.
using Work = std::function<void()>;

// Runs `make_work` and then the work it returned, often enough to be warm and then several times
// more under a debugger's single step, all of it in a child process. The work's other threads run
// freely.
//
// Returns for each count the middle one of the several runs. Ends the program as skipped where a
// process may not trace its own child.
[[nodiscard]] Counts count_steps(const std::function<Work()>& make_work);

}  // namespace cistern::test
