#pragma once

#include <atomic>
#include <cstdint>

namespace cistern::detail {

// The one word on which a connection changes hands without a lock.
//
//     cold   the pool's: whoever holds the pool's lock decides, and callers keep away
//     idle   in the lane, free: the first caller whose exchange succeeds has it
//     lent   in the lane, a caller's
//
//     cold --enter--> idle --try_take--> lent --try_return--> idle       callers, no lock
//     idle --leave--> cold               lent --leave--> cold            the pool, under its lock
//
// Every step is one atomic exchange on this word alone, so any two of them have an order and
// nothing needs a second look. That is the whole proof:
//
//   one owner        try_take, try_return and leave exchange the very value they have seen; of two
//                    that saw the same value one succeeds. The number of takes is part of the
//                    value, so a value never comes back.
//   no lost wake-up  a caller who has to wait makes every connection of the lane cold, under the
//                    lock, before it sleeps. What was idle then serves it. What was lent then is an
//                    ordinary lease of the pool from that moment: its try_return fails, and it ends
//                    under the lock, where the queue is. While somebody waits nothing enters the
//                    lane (the machine's may_use_lane() says when), so there is nothing to miss.
//   no overtaking    for the same reason: while somebody waits try_take finds nothing.
//
// enter and try_return release, try_take and leave acquire: what one holder of the connection wrote
// happens-before what the next one reads.
//
// The study this grew from let callers look at a number of waiters after each exchange, which takes
// sequentially consistent order on two words; taking the lane's connections away instead costs the
// first waiter one exchange for each and spares every caller both looks.
//
// `Atomics` names the atomic type, so that a test can run this code under a scheduler of its own.
template <class Atomics>
class BasicLaneWord {
public:
    enum class Left : std::uint8_t { kIdle, kLent };

    // -- Callers ----------------------------------------------------------------------------------

    // Cheap when it fails: then the word was only read.
    [[nodiscard]] bool try_take() noexcept {
        auto seen = word_.load(std::memory_order_relaxed);
        return (seen & kIdle) != 0 &&
               word_.compare_exchange_strong(
                   seen, seen + kTake, std::memory_order_acquire, std::memory_order_relaxed);
    }
    // False when the connection has left the lane meanwhile: the lease ends under the lock.
    [[nodiscard]] bool try_return() noexcept {
        auto seen = word_.load(std::memory_order_relaxed);
        return (seen & kLent) != 0 &&
               word_.compare_exchange_strong(
                   seen, seen - kReturn, std::memory_order_release, std::memory_order_relaxed);
    }

    // -- The pool, under its lock -----------------------------------------------------------------

    // REQUIRES: cold, and whoever was granted it last is done with it
    void enter() noexcept {
        word_.store(word_.load(std::memory_order_relaxed) | kIdle, std::memory_order_release);
    }
    // REQUIRES: not cold
    Left leave() noexcept {
        const auto seen = word_.fetch_and(~(kIdle | kLent), std::memory_order_acq_rel);
        return (seen & kLent) != 0 ? Left::kLent : Left::kIdle;
    }
    // Leaves only when it is idle and has not been taken since takes() was `takes`.
    [[nodiscard]] bool leave_unused(std::uint64_t takes) noexcept {
        auto seen = takes * kOneTake | kIdle;
        return word_.compare_exchange_strong(
            seen, seen - kIdle, std::memory_order_acq_rel, std::memory_order_relaxed);
    }

    // -- Looking ----------------------------------------------------------------------------------

    struct View {
        bool is_lent = false;
        bool is_idle = false;
        std::uint64_t takes = 0;  // how often it was taken in the lane, since the word was made
    };
    // All of it at one moment.
    [[nodiscard]] View view() const noexcept {
        const auto seen = word_.load(std::memory_order_acquire);
        return {(seen & kLent) != 0, (seen & kIdle) != 0, seen / kOneTake};
    }

private:
    static constexpr std::uint64_t kIdle = 1;
    static constexpr std::uint64_t kLent = 2;
    static constexpr std::uint64_t kOneTake = 4;
    static constexpr std::uint64_t kTake = kLent - kIdle + kOneTake;
    static constexpr std::uint64_t kReturn = kLent - kIdle;

    typename Atomics::template Atomic<std::uint64_t> word_{0};
};

struct StandardAtomics {
    template <class T>
    using Atomic = std::atomic<T>;
};

using LaneWord = BasicLaneWord<StandardAtomics>;

}  // namespace cistern::detail
