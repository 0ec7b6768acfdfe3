#pragma once

#include <cistern/connection.hpp>
#include <cistern/detail/lane_word.hpp>
#include <cistern/export.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <source_location>

namespace cistern::detail {

class ExpressLane;

// What callers see of one place in a pool: one cache line, written by whoever has the connection.
// While its word is cold, or lent, everything else here belongs to the pool, or the borrower.
struct alignas(64) LaneSlot {
    LaneWord word;
    // Where in a LaneThread the hint for the pool stands: an offset.
    std::uint16_t hint = 0;
    std::atomic<bool> was_used{false};  // by this lease: some stream was read or written
    bool look_first = false;      // used by the last one: so its streams may have changed meanwhile
    ExpressLane* lane = nullptr;  // constant once linked
    std::atomic<LaneSlot*> next{nullptr};  // in the ring of all slots of the pool
    Connection* connection = nullptr;
    void* session = nullptr;  // the connection, cast once to what the application asked for
    // -- Of the newest lease ----------------------------------------------------------------------
    std::atomic<std::source_location> where{};
    std::atomic<const void*> holder{nullptr};  // the task that has it: this_task()
    std::atomic<std::int64_t> taken_at{0};     // the lane's tick when it was taken in the lane
};
static_assert(sizeof(LaneSlot) == 64);

// What a thread remembers: for each pool that it uses, the slot that it returned last. Only a hint:
// every connection of the lane stays visible to all.
struct LaneThread {
    static constexpr std::size_t kWays = 16;  // pools that share a way cost each other their hints
    struct Hint {
        std::uint64_t lane = 0;  // an id is never used again, so an old hint matches nothing
        LaneSlot* slot = nullptr;
    };
    const unsigned* exceptions = nullptr;  // how many are in flight; null: not asked yet
    std::array<Hint, kWays> hints{};

    [[nodiscard]] static std::uint16_t offset_of(std::uint64_t lane) noexcept {
        return static_cast<std::uint16_t>(offsetof(LaneThread, hints) +
                                          lane % kWays * sizeof(Hint));
    }
    // Spares the multiplication that an index would take.
    [[nodiscard, gnu::always_inline]] Hint& hint_at(std::uint16_t offset) noexcept {
        return *reinterpret_cast<Hint*>(reinterpret_cast<std::byte*>(this) + offset);
    }
};

extern CISTERN_API constinit thread_local LaneThread lane_thread
    __attribute__((tls_model("initial-exec")));

[[nodiscard]] CISTERN_API const unsigned* find_exceptions_in_flight() noexcept;

// std::uncaught_exceptions() without its calls: the thread's counter stays where it is. A thread
// that has taken something from a lane has found it.
[[nodiscard]] inline unsigned exceptions_in_flight() noexcept {
    const unsigned* counter = lane_thread.exceptions;
    if (counter == nullptr) [[unlikely]] {
        counter = find_exceptions_in_flight();
    }
    return *counter;
}

// Who borrows, as leases remember it; only ever compared.
[[nodiscard, gnu::always_inline]] inline const void* this_task() noexcept {
#ifdef CISTERN_LANE_ATOMICS
    return simulated_task();
#else
    return &lane_thread;
#endif
}

// Whose connections they are.
class LaneOwner {
public:
    LaneOwner() = default;
    LaneOwner(const LaneOwner&) = delete;
    LaneOwner& operator=(const LaneOwner&) = delete;

    // Ends a lease of it.
    virtual void give_back(LaneSlot& slot, bool discard) noexcept = 0;
    // Looks at what was just taken in the lane, and takes it back when it is dead.
    [[nodiscard]] virtual bool is_still_usable(LaneSlot& taken) noexcept = 0;

protected:
    ~LaneOwner() = default;
};

// The way past the pool's lock: connections that were used a moment ago, for whoever comes next
// while nobody waits. A borrow and a return take one atomic exchange each (see LaneWord) on a cache
// line that threads share only when they share the connection; no lock, no clock, no allocation, no
// system call.
//
// Which connections are in it is the pool's decision, under its lock: one enters when it comes back
// clean while nobody waits, and leaves when somebody does, when it was not used for a while (so
// what is in the lane need not be validated), when its lifetime has ended, and when the pool is
// flushed, resized or closed. What has left while lent goes on as an ordinary lease.
//
// The clock: `tick` is the time that the pool last wrote here. Stamps in the lane are as exact as
// that.
//
// Thread safety:  try_take() and give_back() may be called by any number of tasks at once; the rest
//                 belongs to the pool's lock.
// Sources:        a hint per thread over shared slots is HikariCP's ConcurrentBag; writing it on
//                 return, and only when it changes, keeps it right when leases overlap.
class CISTERN_API ExpressLane {
public:
    explicit ExpressLane(LaneOwner& owner) noexcept;
    ExpressLane(const ExpressLane&) = delete;
    ExpressLane& operator=(const ExpressLane&) = delete;

    // The connection that this thread returned last, or null when it is not idle: then, and for one
    // with look_first, take_another() goes on.
    [[nodiscard, gnu::always_inline]] LaneSlot* try_take(std::source_location where) noexcept {
        const LaneThread::Hint& hint = lane_thread.hint_at(hint_);
        LaneSlot* const slot = hint.slot;
        if (hint.lane != id_ || !slot->word.try_take()) [[unlikely]] {
            return nullptr;
        }
        stamp(*slot, where);
        if (slot == nullptr) {
            __builtin_unreachable();  // so that callers need not test it
        }
        return slot;
    }
    // `taken`, which may be null, if it is fit to be lent; another one of the lane if not; null
    // when the caller has to ask the pool. Afterwards the thread knows its counter of exceptions.
    [[nodiscard]] LaneSlot* take_another(LaneSlot* taken, std::source_location where) noexcept;

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] LaneOwner& owner() const noexcept { return owner_; }

    // -- The pool, under its lock -----------------------------------------------------------------

    // Once for each slot, before it enters for the first time.
    void link(LaneSlot& slot) noexcept;
    // In a child of fork(): has no slots any more, and no thread's hint fits.
    void begin_anew() noexcept;
    // After each change: how many slots are in the lane, and what time it is.
    void publish(std::size_t size, std::chrono::nanoseconds now) noexcept {
        size_.store(size, std::memory_order_relaxed);
        tick_.store(now.count(), std::memory_order_relaxed);
    }

private:
    [[nodiscard]] LaneSlot* walk(LaneSlot* begin) noexcept;
    void stamp(LaneSlot& slot, std::source_location where) const noexcept {
        slot.where.store(where, std::memory_order_relaxed);
        slot.holder.store(this_task(), std::memory_order_relaxed);
        slot.taken_at.store(tick_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    }

    std::uint64_t id_;                  // this and hint_: constant, save in a child of fork()
    std::uint16_t hint_;                // where in a LaneThread its hint stands
    std::atomic<std::size_t> size_{0};  // only a hint: 0 saves the walk
    std::atomic<std::int64_t> tick_{0};
    std::atomic<LaneSlot*> start_{nullptr};  // where a thread without a hint begins; moves on
    LaneOwner& owner_;
    LaneSlot* last_ = nullptr;  // of the ring; guarded by the pool's lock
};

// Ends a lease in the lane: of a connection that nothing happened to. False when there is more to
// it than that. The connection is the thread's hint from now on.
[[nodiscard, gnu::always_inline]] inline bool try_give_back(LaneSlot& slot,
                                                            unsigned exceptions) noexcept {
    LaneThread& thread = lane_thread;
    LaneThread::Hint& hint = thread.hint_at(slot.hint);
    if (hint.slot != &slot) [[unlikely]] {
        // A thread without hints may not know its counter of exceptions yet.
        if (thread.exceptions == nullptr) {
            return false;
        }
        hint = {slot.lane->id(), &slot};
    }
    return *thread.exceptions <= exceptions && !slot.was_used.load(std::memory_order_relaxed) &&
           !slot.connection->is_broken() && !slot.connection->has_to_be_reset() &&
           slot.word.try_return();
}
// The same for every lease, however it ended.
CISTERN_API void give_back(LaneSlot& slot, bool discard) noexcept;
// Discards when more than so many exceptions are in flight.
CISTERN_API void give_back_unless_thrown(LaneSlot& slot, unsigned exceptions) noexcept;

}  // namespace cistern::detail
