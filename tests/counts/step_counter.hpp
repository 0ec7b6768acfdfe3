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

// What is counted stands between these two, in the work itself, so that nothing else is.
[[gnu::always_inline]] inline void begin_counting() {
    asm volatile("int3" ::: "memory");
}
[[gnu::always_inline]] inline void end_counting() {
    asm volatile("int3" ::: "memory");
}

// Passes begin_counting() and end_counting() once.
using Work = std::function<void()>;

// Calls `make_work` and then the work it returned, often enough to be warm and then several times
// more under a debugger's single step, all of it in a child process. The child's other threads run
// freely.
//
// Returns for each count the middle one of the several runs. Ends the program as skipped where a
// process may not trace its own child.
[[nodiscard]] Counts count_steps(const std::function<Work()>& make_work);

}  // namespace cistern::test
