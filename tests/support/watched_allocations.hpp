#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace cistern::test {

// What follows takes effect in programs that replace operator new (watched_allocations.cpp).

inline std::atomic<std::uint64_t> allocations_made{0};
inline std::atomic<std::size_t> largest_allocation{0};  // in bytes
// Allocations that are still to succeed before one fails; negative: none fails.
inline std::atomic<std::int64_t> allocations_left{-1};
inline thread_local bool is_scaffolding = false;

// What a test's own scaffolding allocates in this scope does not count, and never fails.
class Scaffolding {
public:
    Scaffolding() noexcept : was_{std::exchange(is_scaffolding, true)} {}
    Scaffolding(const Scaffolding&) = delete;
    Scaffolding& operator=(const Scaffolding&) = delete;
    ~Scaffolding() { is_scaffolding = was_; }

private:
    const bool was_;
};

// In this scope the nth allocation of all threads fails, and no other.
class FailingAllocation {
public:
    explicit FailingAllocation(std::int64_t nth) noexcept { allocations_left = nth - 1; }
    FailingAllocation(const FailingAllocation&) = delete;
    FailingAllocation& operator=(const FailingAllocation&) = delete;
    ~FailingAllocation() { allocations_left = -1; }
    // Otherwise there were fewer.
    [[nodiscard]] bool has_happened() const noexcept { return allocations_left < 0; }
};

}  // namespace cistern::test
