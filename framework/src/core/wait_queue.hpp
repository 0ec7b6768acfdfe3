#pragma once

#include "core/instant.hpp"
#include "core/intrusive_list.hpp"

#include <cstdint>
#include <exception>
#include <source_location>

namespace cistern::core {

struct Slot;

// What became of an acquire. It leaves kPending once, for good.
enum class Outcome : std::uint8_t {
    kPending,
    kGranted,   // `slot` is the caller's
    kFailed,    // opening failed too often, or for good: `error` says how
    kRejected,  // the queue is full
    kHopeless,  // its turn would come too late
    kShed,      // waited too long in an overloaded queue
    kClosed,    // the pool lends nothing any more
    kGaveUp,    // the caller's own decision: deadline, cancellation
};

// One acquire: its place in the queue, and what came of it.
//
// Ownership:      the caller's; it stays where it is while the outcome is pending.
struct Waiter {
    std::source_location where{};
    const void* task = nullptr;  // who asks; only ever compared
    Instant since{};             // first asked; orders the queue
    bool keeps_place = false;    // was served a dead connection and goes before all who came later
    bool is_nudged = false;      // told that it may find something idle, and has not looked yet
    Instant passed_over_until = kNever;  // newcomers may go first until then; never: nobody has yet
    Instant deadline = kNever;
    Instant expected_wait{};              // when kHopeless: until its turn
    std::uint64_t failure_round = 0;      // failures before it came are not its own
    Outcome outcome = Outcome::kPending;  // written once, after all else here
    Slot* slot = nullptr;
    std::exception_ptr error{};
    ListHook<Waiter> hook{};
};

// Callers in the order they came. Enqueueing and leaving take constant time and cannot fail,
// whoever leaves from wherever.
//
// Thread safety:  none; the pool's lock covers it.
class WaitQueue {
public:
    [[nodiscard]] bool empty() const noexcept { return waiters_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return waiters_.size(); }
    [[nodiscard]] Waiter* front() const noexcept { return waiters_.front(); }
    [[nodiscard]] bool contains(const Waiter& waiter) const noexcept {
        return waiters_.contains(waiter);
    }

    void push_back(Waiter& waiter) noexcept { waiters_.push_back(waiter); }
    // Before everybody who came later. Near the front in practice: it had been there already.
    void push_in_place(Waiter& waiter) noexcept {
        Waiter* place = waiters_.front();
        while (place != nullptr && place->since <= waiter.since) {
            place = place->hook.next;
        }
        waiters_.insert_before(place, waiter);
    }
    Waiter* pop_front() noexcept { return waiters_.pop_front(); }
    void erase(Waiter& waiter) noexcept { waiters_.erase(waiter); }

private:
    IntrusiveList<Waiter> waiters_;
};

}  // namespace cistern::core
