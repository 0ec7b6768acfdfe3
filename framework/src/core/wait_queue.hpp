#pragma once

#include "core/instant.hpp"
#include "core/intrusive_list.hpp"

#include <cistern/acquire_options.hpp>
#include <cistern/pool_options.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <source_location>

namespace cistern::core {

struct Slot;

inline constexpr std::size_t kPriorities = 3;

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
    std::uint64_t number = 0;    // of this wait, if it came to that
    bool is_told = false;        // that it has closed a circle
    Priority priority = Priority::kNormal;
    Instant since{};           // first asked; orders the queue
    bool keeps_place = false;  // was served a dead connection and goes before all who came later
    bool is_nudged = false;    // told that it may find something idle, and has not looked yet
    Instant passed_over_until = kNever;  // newcomers may go first until then; never: nobody has yet
    std::uint32_t avoids = kMostEndpoints;  // an endpoint, if another has something idle; or none
    Instant deadline = kNever;
    Instant expected_wait{};              // when kHopeless: until its turn
    std::uint64_t failure_round = 0;      // failures before it came are not its own
    Outcome outcome = Outcome::kPending;  // written once, after all else here
    Slot* slot = nullptr;
    std::exception_ptr error{};
    ListHook<Waiter> hook{};
};

// Callers in the order in which they are served: by priority, and in the order they came among
// equals. So that nobody starves, a class of callers that was passed over kMostPassed times goes
// next, the lowest such class first. Every operation takes constant time and cannot fail, whoever
// leaves from wherever; push_in_place() goes by whom it passes.
//
// Thread safety:  none; the pool's lock covers it.
class WaitQueue {
public:
    // Hand-offs to more urgent callers, while somebody of this class waits.
    static constexpr std::uint32_t kMostPassed = 16;

    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] std::size_t size() const noexcept {
        return size(Priority::kHigh) + size(Priority::kNormal) + size(Priority::kLow);
    }
    [[nodiscard]] std::size_t size(Priority priority) const noexcept {
        return of(priority).waiters.size();
    }
    [[nodiscard]] bool contains(const Waiter& waiter) const noexcept {
        return of(waiter.priority).waiters.contains(waiter);
    }
    // The one to be served next, of those that are `lowest` or more urgent.
    [[nodiscard]] Waiter* front(Priority lowest = Priority::kLow) const noexcept;
    // The one to be served last, of those that are `lowest` or more urgent.
    [[nodiscard]] Waiter* last(Priority lowest) const noexcept;
    // The oldest of one priority; the others follow by their hooks.
    [[nodiscard]] Waiter* first_of(Priority priority) const noexcept {
        return of(priority).waiters.front();
    }
    // The one who has waited for longest.
    [[nodiscard]] Waiter* oldest() const noexcept;
    // How many will be served before this one, if nobody else comes.
    // REQUIRES: it is the last of its priority
    [[nodiscard]] std::size_t before_last(const Waiter& waiter) const noexcept;

    void push_back(Waiter& waiter) noexcept { insert(nullptr, waiter); }
    // Before everybody of its priority who came later. Near the front in practice: it had been
    // there already.
    void push_in_place(Waiter& waiter) noexcept;
    // Takes out the one who is served.
    Waiter* pop_front(Priority lowest = Priority::kLow) noexcept;
    void erase(Waiter& waiter) noexcept { of(waiter.priority).waiters.erase(waiter); }

private:
    struct Class {
        IntrusiveList<Waiter> waiters;
        std::uint32_t passed = 0;
    };

    [[nodiscard]] Class& of(Priority priority) noexcept {
        return classes_[static_cast<std::size_t>(priority)];
    }
    [[nodiscard]] const Class& of(Priority priority) const noexcept {
        return classes_[static_cast<std::size_t>(priority)];
    }
    void insert(Waiter* place, Waiter& waiter) noexcept;

    std::array<Class, kPriorities> classes_;
};

}  // namespace cistern::core
