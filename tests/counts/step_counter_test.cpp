// The counter itself: each thing that it counts is shown to it once.

#include "counts/step_counter.hpp"

#include <catch2/catch.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

namespace cistern::test {
namespace {

// Inlined, so that the marks stand around the code itself.
template <class Code>
Counts count(Code code) {
    return count_steps([=] {
        return [=] {
            begin_counting();
            code();
            end_counting();
        };
    });
}

TEST_CASE("nothing is nothing", "[counts]") {
    CHECK(count([] {}) == Counts{});
}

TEST_CASE("every instruction is counted, a repeated one once", "[counts]") {
    static char bytes[64];
    CHECK(count([] { asm volatile("nop; nop; nop; nop; nop; nop; nop"); }).instructions == 7);
    CHECK(count([] {
              asm volatile(
                  "lea %0, %%rdi\n\t"
                  "mov $64, %%ecx\n\t"
                  "xor %%eax, %%eax\n\t"
                  "rep stosb"
                  : "=m"(bytes)
                  :
                  : "rdi", "rcx", "rax", "memory", "cc");
          }).instructions == 4);
}

TEST_CASE("a lock prefix and an exchange with memory are locked, one between registers is not",
          "[counts]") {
    const auto counts = count([] {
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
    CHECK(count([] { ::syscall(SYS_getppid); }).system_calls == 1);
}

TEST_CASE("an allocation is counted once, whoever makes it", "[counts]") {
    const auto counts = count([] {
        const auto owned = std::make_unique<volatile long>(1);
        *owned = 2;
        void* volatile raw = std::malloc(100);
        std::free(raw);
    });
    CHECK(counts.allocations == 2);
}

TEST_CASE("a look at the clock is counted", "[counts]") {
    const auto counts = count([] {
        asm volatile("rdtsc" ::: "rax", "rdx");
        asm volatile("rdtscp" ::: "rax", "rdx", "rcx");
    });
    CHECK(counts.clock_reads == 2);
}

}  // namespace
}  // namespace cistern::test
