#pragma once

#include "core/instant.hpp"
#include "core/wait_graph.hpp"
#include "pool/fork_hold.hpp"

#include <cistern/acquire_timeout.hpp>

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace cistern {

// A pool whose callers may wait for each other, and for callers of other pools.
class CircleMember {
public:
    // What it knows, at one moment.
    struct View {
        std::string name;
        core::PoolWaits waits;
        core::Instant now{};
        // When it knows who has which connection: until then leases that nobody is sure of have no
        // task here, and these tasks are thought to have them. Never: it knows.
        core::Instant sure_at = core::kNever;
        std::vector<std::pair<std::size_t, const void*>> unsure;
    };

    CircleMember() = default;
    CircleMember(const CircleMember&) = delete;
    CircleMember& operator=(const CircleMember&) = delete;
    virtual ~CircleMember() = default;

    [[nodiscard]] virtual bool has_leases_of(const void* task) = 0;
    [[nodiscard]] virtual View view_waits() = 0;
    // True once for each wait that still lasts.
    [[nodiscard]] virtual bool claim_circle(std::uint64_t wait) noexcept = 0;
};

// Who waits for whom, over all pools of a Runtime. A caller that has begun to wait asks whether it
// has closed a circle: whether all that could serve it is held by tasks that wait, in whatever
// pool, for it in the end (core/wait_graph.hpp).
//
// Pools are looked at one after the other, each under its own lock, so that no two of these are
// ever held together. What is seen so may never have been true at one moment; so a circle counts
// only when a second look finds the same leases and the same waits. Neither ends and comes again
// under its old number, so each lasted from its first look to its second one, and all of them did
// between the first round's end and the second one's beginning.
//
// No circle is missed: whoever waits is in his pool's queue before he asks, so the last of them to
// ask sees all the others. That he closed it, several may find; one tells.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Lock order:     a pool's lock may be held while calling anything but find(); this one's is a
//                 leaf.
// Errors:         join() and find() throw std::bad_alloc.
class WaitCircles {
public:
    struct Seat;
    using Member = Seat*;

    struct Found {
        std::vector<CircleLink> circle;  // empty: there is none
        // When to ask again, because nobody is sure yet who holds what; never: no need to.
        core::Instant ask_again_at = core::kNever;
        // The newest of its waits, by which the circle is told once.
        std::shared_ptr<CircleMember> claimed_in{};
        std::uint64_t claimed_by = 0;
    };

    WaitCircles();
    WaitCircles(const WaitCircles&) = delete;
    WaitCircles& operator=(const WaitCircles&) = delete;
    ~WaitCircles();

    // `places` is the same for pools that share max_size, and unlike any other's.
    [[nodiscard]] Member join(std::weak_ptr<CircleMember> pool, const void* places);
    void leave(Member member) noexcept;

    // To be called under the pool's lock, when either may have changed.
    void note(Member member, bool is_waited_for, bool has_leases) noexcept;
    // Whether callers wait in more than one pool.
    [[nodiscard]] bool is_wide() const noexcept {
        return waited_for_.load(std::memory_order_seq_cst) > 1;
    }
    // For each wait another one, and higher than all before.
    [[nodiscard]] std::uint64_t next_wait() noexcept {
        return last_wait_.fetch_add(1, std::memory_order_relaxed) + 1;
    }
    // What `task`, which waits in a member, is part of. Under no lock.
    [[nodiscard]] Found find(const void* task);

    // For fork(), each once for each member: before it, and then one of the others. In the child
    // nobody waits.
    void hold_for_fork() noexcept { fork_hold_.take(mutex_); }
    void let_go_in_parent() noexcept { fork_hold_.let_go(mutex_); }
    void begin_anew_in_child() noexcept;

private:
    using Pools = std::vector<std::shared_ptr<CircleMember>>;
    [[nodiscard]] Pools pools_in_question();

    std::atomic<std::uint32_t> waited_for_{0};  // pools
    std::atomic<std::uint64_t> last_wait_{0};
    ForkHold fork_hold_;
    std::mutex mutex_;
    std::list<Seat> seats_;  // guarded by mutex_
};

}  // namespace cistern
