#pragma once

#include "core/instant.hpp"
#include "core/intrusive_list.hpp"
#include "pool/fork_hold.hpp"

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

namespace cistern {

// A pool that shares the number of connections it may have with others.
class CapacityMember {
public:
    CapacityMember() = default;
    CapacityMember(const CapacityMember&) = delete;
    CapacityMember& operator=(const CapacityMember&) = delete;
    virtual ~CapacityMember() = default;

    // It is to look whether there is room for it, and whether others need some of its own.
    virtual void on_capacity_changed() noexcept = 0;
};

// How many connections several pools may have together: those of one keyed pool. Each takes a place
// before it opens a connection and puts it back after it has closed one.
//
// A pool that finds no place queues. Then whoever has something idle gives it up, the pool first
// whose connection has been idle for longest. While nothing is idle, pools go on lending what comes
// back to waiters of their own, kMostPasses times; then the next one is given up. (Vitess' pool of
// connections with settings bounds it in this way.)
//
// No wake-up is lost: after somebody has begun to queue, every pool looks, until as many
// connections are being closed as are needed. A pool that looks while somebody queues empties its
// express lane, keeps it empty, and gives up what is idle, then and whenever something becomes
// idle.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Lock order:     a pool's lock may be held while calling anything but tell(); this one's is a
// leaf. Errors:         only join() throws.
class SharedCapacity {
public:
    static constexpr std::uint32_t kMostPasses = 8;

    struct Seat;
    using Member = Seat*;

    explicit SharedCapacity(std::uint32_t size) noexcept;
    SharedCapacity(const SharedCapacity&) = delete;
    SharedCapacity& operator=(const SharedCapacity&) = delete;
    ~SharedCapacity();

    [[nodiscard]] Member join(std::weak_ptr<CapacityMember> pool);
    void leave(Member member) noexcept;

    // A place for one of the `wanted` connections that a member lacks. False when there is none, or
    // others came first: it queues, until it has all it wants or withdraws, and tell() is to
    // follow.
    [[nodiscard]] bool try_take(Member member, std::uint32_t wanted) noexcept;
    // True when it had queued: tell() is to follow.
    bool withdraw(Member member) noexcept;
    // tell() is to follow. `was_given_up`: closed because another pool needs the place.
    void put_back(bool was_given_up) noexcept;

    // Somebody queues, or there are more than there may be.
    [[nodiscard]] bool is_wanted() const noexcept {
        return is_wanted_.load(std::memory_order_relaxed);
    }
    // How many of its `idle` connections a member has to give up now.
    [[nodiscard]] std::uint32_t to_give_up(Member member, std::uint32_t idle) noexcept;
    // Whether a member has to give up what it could lend to a waiter of its own.
    [[nodiscard]] bool has_to_yield(Member member) noexcept;
    // Since when that connection is idle which it would give up first; never: it has none to give.
    static void note_longest_idle(Member member, core::Instant since) noexcept;

    // How many of a member's connections are lent, as far as it is known; those in its lane count.
    void note_lent(Member member, std::uint32_t lent) noexcept;
    // The same of all members but this one.
    [[nodiscard]] std::uint32_t lent_by_others(Member member) const noexcept;

    // Has those look who can go on, or can help others to.
    void tell() noexcept;

    // tell() is to follow. When it is smaller, what is idle is given up, and what is lent as it
    // comes back.
    void resize(std::uint32_t size) noexcept;
    [[nodiscard]] bool has_room() const noexcept;
    // Places taken, by all together.
    [[nodiscard]] std::uint32_t taken() const noexcept;

    // For fork(), each once for each member: before it, and then one of the others. In the child
    // no place is taken and nobody queues.
    void hold_for_fork() noexcept { fork_hold_.take(mutex_); }
    void let_go_in_parent() noexcept { fork_hold_.let_go(mutex_); }
    void begin_anew_in_child() noexcept;

private:
    [[nodiscard]] std::uint32_t missing(const Seat* besides) const noexcept;
    void want(Seat& seat, std::uint32_t wanted) noexcept;
    [[nodiscard]] std::uint32_t surplus() const noexcept;
    void note_wanted() noexcept;
    [[nodiscard]] std::shared_ptr<CapacityMember> next_to_open() noexcept;
    [[nodiscard]] std::shared_ptr<CapacityMember> next_to_help() noexcept;

    std::atomic<bool> is_wanted_{false};
    std::atomic<std::uint32_t> lent_{0};  // by all together
    std::atomic<std::uint32_t> news_{0};  // calls of tell() that have not been seen to
    ForkHold fork_hold_;
    mutable std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    std::list<Seat> seats_;
    core::IntrusiveList<Seat> queue_;
    std::uint32_t size_;
    std::uint32_t taken_ = 0;
    std::uint32_t wanted_ = 0;        // by all who queue
    std::uint32_t being_closed_ = 0;  // given up, and not put back yet
    std::uint32_t passes_ = 0;  // since a connection was last given up or taken from the queue
    std::uint64_t round_ = 1;   // counts the times that somebody began to queue
};

}  // namespace cistern
