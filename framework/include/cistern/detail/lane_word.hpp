#pragma once

#include <atomic>
#include <cstdint>
#include <limits>

// A test's header with a LaneAtomics of its own; it sees to it that the whole program has the same.
#ifdef CISTERN_LANE_ATOMICS
#include CISTERN_LANE_ATOMICS
#endif

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
//   one owner        try_take exchanges the very value it has seen; of two that saw the same value
//   one
//                    succeeds. A connection is lent to one caller, so one return at a time counts
//                    up, and both it and leave are single steps: the return comes first and leave
//                    finds an idle connection, or leave comes first and the return finds it cold.
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
    // -- Callers ----------------------------------------------------------------------------------

    // Cheap when it fails: then the word was only read.
    [[nodiscard]] bool try_take() noexcept {
        auto seen = word_.load(std::memory_order_relaxed);
        return (seen & (kCold | kLent)) == 0 &&
               word_.compare_exchange_strong(
                   seen, seen + 1, std::memory_order_acquire, std::memory_order_relaxed);
    }
    // False when the connection is not in the lane (any more): the lease ends under the lock. What
    // a cold word counts then, enter() forgets. REQUIRES: the caller has the connection
    [[nodiscard]] bool try_return() noexcept { return ++word_ >= 0; }

    // -- The pool, under its lock -----------------------------------------------------------------

    struct View {
        bool is_idle = false;
        bool is_lent = false;
        std::uint32_t takes = 0;  // how often it was taken since it entered
    };

    // REQUIRES: cold, and whoever was granted it last is done with it
    void enter() noexcept { word_.store(0, std::memory_order_release); }
    // At the beginning of a lease outside the lane: forgets the returns that a cold word has
    // counted, or they would reach zero one day. REQUIRES: cold, and the caller has the connection
    void stay_cold() noexcept { word_.store(kCold, std::memory_order_relaxed); }
    // REQUIRES: it has entered
    View leave() noexcept { return view_of(word_.exchange(kCold, std::memory_order_acq_rel)); }
    // All of it at one moment.
    [[nodiscard]] View view() const noexcept {
        const auto seen = word_.load(std::memory_order_acquire);
        return seen < 0 ? View{} : view_of(seen);
    }

private:
    // Idle and lent alternate: each take and each return counts up by one. After 2^30 takes the
    // count runs into the sign, and the return that does it finds the word cold: then it leaves the
    // lane and starts anew.
    using Word = std::int32_t;
    static constexpr Word kLent = 1;
    static constexpr Word kCold = std::numeric_limits<Word>::min();

    static View view_of(Word seen) noexcept {
        const bool is_lent = (seen & kLent) != 0;
        return {!is_lent, is_lent, (static_cast<std::uint32_t>(seen) + 1) / 2};
    }

    typename Atomics::template Atomic<Word> word_{kCold};
};

struct StandardAtomics {
    template <class T>
    using Atomic = std::atomic<T>;
};

#ifndef CISTERN_LANE_ATOMICS
using LaneAtomics = StandardAtomics;
#endif
using LaneWord = BasicLaneWord<LaneAtomics>;

}  // namespace cistern::detail
