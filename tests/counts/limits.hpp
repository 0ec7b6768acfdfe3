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

// TODAY: every borrow and every return goes through the machine under its mutex. Wide, because a
// clock read that is stepped through is disturbed by the kernel's ticks and tries again.
constexpr Limits kPlainLimits{
    .instructions = 3500, .locked = 8, .system_calls = 0, .allocations = 0, .clock_reads = 12};
// Each takes another connection than the last one.
constexpr Limits kOverlappingLimits = kPlainLimits;

}  // namespace cistern::test
