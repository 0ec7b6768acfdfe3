#pragma once

// The express lane's atomics as the simulation has them: a task may be interrupted before each step
// on one. The lane takes them when it is compiled with CISTERN_LANE_ATOMICS naming this header.

#include "backend/simulation/scheduler.hpp"
#include "base/mutants.hpp"

#include <atomic>

namespace cistern::simulation {

template <class T>
class InterruptedAtomic {
public:
    constexpr InterruptedAtomic(T value) noexcept : value_{value} {}  // NOLINT: as std::atomic

    [[nodiscard]] T load(std::memory_order order) const noexcept {
        before(false);
        return value_.load(order);
    }
    void store(T value, std::memory_order order) noexcept {
        before(true);
        value_.store(value, order);
    }
    T exchange(T value, std::memory_order order) noexcept {
        before(true);
        const T seen = value_.load();
        if (CISTERN_MUTANT(kLeaveInTwoSteps)) {
            before(true);
        }
        value_.store(value, order == std::memory_order_acq_rel ? std::memory_order_release : order);
        return seen;
    }
    bool compare_exchange_strong(T& expected,
                                 T desired,
                                 std::memory_order success,
                                 std::memory_order failure) noexcept {
        before(true);
        if (CISTERN_MUTANT(kTakeInTwoSteps) && value_.load() == expected) {
            before(true);
            expected = value_.load();
        }
        return value_.compare_exchange_strong(expected, desired, success, failure);
    }
    T operator++() noexcept {
        before(true);
        const T seen = value_.load();
        if (CISTERN_MUTANT(kReturnInTwoSteps)) {
            before(true);
        }
        // Atomics wrap around, plain signed numbers must not.
        value_.store(static_cast<T>(static_cast<std::make_unsigned_t<T>>(seen) + 1));
        return value_.load();
    }

private:
    void before(bool writes) const noexcept {
        if (auto* const scheduler = Scheduler::running()) {
            scheduler->before_access(this, writes);
        }
    }

    std::atomic<T> value_;
};

}  // namespace cistern::simulation

namespace cistern::detail {

// All tasks of a run are one thread.
[[nodiscard]] inline const void* simulated_task() noexcept {
    auto* const scheduler = simulation::Scheduler::running();
    return scheduler != nullptr ? scheduler->current() : nullptr;
}

struct LaneAtomics {
    template <class T>
    using Atomic = simulation::InterruptedAtomic<T>;
};

}  // namespace cistern::detail
