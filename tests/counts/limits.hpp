#pragma once

// What one borrow and return may cost while nobody waits. The one place to change when the pool
// gets better; a limit that is raised is a decision and says why in its commit.

namespace cistern::test {

struct Limits {
    long instructions;
    long locked;
    long system_calls;
    long allocations;
    long clock_reads;
};

constexpr Limits kPlainLimits{
    .instructions = 60, .locked = 2, .system_calls = 0, .allocations = 0, .clock_reads = 0};
// Each takes another connection than the last one.
constexpr Limits kOverlappingLimits{
    .instructions = 95, .locked = 2, .system_calls = 0, .allocations = 0, .clock_reads = 0};

}  // namespace cistern::test
