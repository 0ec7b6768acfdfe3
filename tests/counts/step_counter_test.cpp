// The counter itself: each thing that it counts is shown to it once.

#include "counts/step_counter.hpp"

#include <catch2/catch.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace cistern::test {
namespace {

Counts beyond_nothing(const Work& work) {
    const auto nothing = count_steps([] { return [] {}; });
    auto counts = count_steps([&] { return work; });
    counts.instructions -= nothing.instructions;
    return counts;
}

TEST_CASE("doing nothing locks, calls, allocates and asks nothing", "[counts]") {
    auto counts = count_steps([] { return [] {}; });
    CHECK(counts.instructions > 0);
    CHECK(counts.instructions < 15);
    counts.instructions = 0;
    CHECK(counts == Counts{});
}

TEST_CASE("every instruction is counted, a repeated one once", "[counts]") {
    const auto counts = beyond_nothing([] {
        asm volatile("nop; nop; nop; nop; nop; nop; nop");
        char bytes[64];
        void* to = bytes;
        long count = sizeof bytes;
        asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(0) : "memory");
    });
    CHECK(counts.instructions >= 8);
    CHECK(counts.instructions < 24);
}

TEST_CASE("a lock prefix and an exchange with memory are locked, one between registers is not",
          "[counts]") {
    const auto counts = beyond_nothing([] {
        long word = 0;
        long other = 1;
        asm volatile(
            "lock incq %0\n\t"
            "xchgq %1, %0\n\t"
            "xchgq %%rax, %%rcx\n\t"
            "lock cmpxchgl %%ecx, %0\n\t"
            "incq %0"
            : "+m"(word), "+r"(other)
            :
            : "rax", "rcx", "memory", "cc");
    });
    CHECK(counts.locked == 3);
}

TEST_CASE("a system call is counted", "[counts]") {
    CHECK(beyond_nothing([] { ::syscall(SYS_getppid); }).system_calls == 1);
}

TEST_CASE("an allocation is counted once, whoever makes it", "[counts]") {
    const auto counts = beyond_nothing([] {
        const auto owned = std::make_unique<volatile long>(1);
        *owned = 2;
        void* volatile raw = std::malloc(100);
        std::free(raw);
    });
    CHECK(counts.allocations == 2);
}

TEST_CASE("a look at the clock is counted", "[counts]") {
    const auto counts = beyond_nothing([] {
        asm volatile("rdtsc" ::: "rax", "rdx");
        asm volatile("rdtscp" ::: "rax", "rdx", "rcx");
    });
    CHECK(counts.clock_reads == 2);
}

}  // namespace
}  // namespace cistern::test
