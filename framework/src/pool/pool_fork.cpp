// A pool in the face of fork().
//
// Before it the pool takes its own locks, so that no other thread is in the middle of changing the
// machine, the retry budget or the typed facade, and with the other pools those of what they share:
// endpoint, capacity and circles (ForkRegistration says why that cannot hang). In the parent it
// lets go of them, and that is all.
//
// In the child the pool begins anew, in place, since the application goes on with the same object:
//
//   rules      What was decided stays: options, a changed size, paused, closed. Counters, the last
//              failure, back-off and retry budget are those of a pool that has done nothing.
//   places     All are given up and made anew. No lease that is out is sure to end in the child,
//              because its holder may be a thread that does not exist there; so none may count
//              against max_size, and no place that one refers to may be lent again.
//   leases     One that does end in the child finds that its place belongs to no pool any more, and
//              does nothing (InheritedLeases). Its session fails, should somebody use it: the
//              stream's descriptor is closed.
//   waiters    Those of other threads are left where they are: the new machine's queue is empty.
//   lane       It gets a new id and an empty ring. Every hint of the one thread there is names the
//              old id, so it fits nothing: that is how the lane is emptied without callers having
//              to look at a process id. Threads of the parent may have been in the middle of a step
//              on any old word; nobody looks at those words again, save a lease that ends.
//   kept       What the parent had open is kept as it is, and no destructor runs: a plugin's might
//              say goodbye, and somebody may have been in the middle of it.
//
// Nothing is opened here, nor is any thread started: a child that is about to exec pays little.
// min_idle is opened as soon as somebody asks the pool for anything.
//
// Only memory can be short, and then the child ends (std::terminate).

#include "base/keep_forever.hpp"
#include "pool/pool_impl.hpp"

#include <utility>

namespace cistern {
namespace {

// What is left in the child of all that was open in the parent.
struct Inheritance {
    std::deque<core::Slot> slots;
    std::deque<PoolEntry> entries;
};

class InheritedLeases final : public detail::LaneOwner {
public:
    void give_back(detail::LaneSlot& /*slot*/, bool /*discard*/) noexcept override {}
    [[nodiscard]] bool is_still_usable(detail::LaneSlot& /*taken*/) noexcept override {
        return false;
    }
};

// Never destroyed, as a lease may end at any time. Made where there is one thread only.
detail::ExpressLane& lane_of_inherited_leases() {
    static auto& owner = *new InheritedLeases;
    static auto& lane = *new detail::ExpressLane{owner};
    return lane;
}

}  // namespace

void PoolImpl::before_fork(Stage stage) noexcept {
    switch (stage) {
        case Stage::kOwn:
            mutex_.lock();
            facade_mutex_.lock();
            retry_mutex_.lock();
            return;
        case Stage::kShared:
            if (parts_.credentials != nullptr) {
                parts_.credentials->hold_for_fork();
            }
            for (const auto& endpoint : endpoints_) {
                endpoint.state->hold_for_fork();
            }
            if (seat_ != nullptr) {
                parts_.capacity->hold_for_fork();
            }
            parts_.circles->hold_for_fork();
            return;
    }
}

void PoolImpl::after_fork_in_parent() noexcept {
    parts_.circles->let_go_in_parent();
    if (seat_ != nullptr) {
        parts_.capacity->let_go_in_parent();
    }
    for (const auto& endpoint : endpoints_) {
        endpoint.state->let_go_in_parent();
    }
    if (parts_.credentials != nullptr) {
        parts_.credentials->let_go_after_fork();
    }
    retry_mutex_.unlock();
    facade_mutex_.unlock();
    mutex_.unlock();
}

void PoolImpl::after_fork_in_child() noexcept {
    auto inheritance = std::make_shared<Inheritance>();
    inheritance->slots = machine_.begin_anew();
    inheritance->entries.swap(entries_);
    for (auto& slot : inheritance->slots) {
        slot.lane = &lane_of_inherited_leases();
    }
    keep_forever(std::move(inheritance));
    lane_.begin_anew();
    add_entries();
    forgettable_at_.store(0, std::memory_order_relaxed);

    parts_.circles->begin_anew_in_child();
    if (seat_ != nullptr) {
        parts_.capacity->begin_anew_in_child();
    }
    for (auto& endpoint : endpoints_) {
        endpoint.state->begin_anew_in_child();
        endpoint.last_failure.reset();
    }
    if (parts_.credentials != nullptr) {
        parts_.credentials->let_go_after_fork();
    }
    answers_ = {};
    watchers_.clear();
    retry_at_ = retry_timer_ = ageing_timer_ = lane_timer_ = core::kNever;
    budget_ = core::RetryBudget{parts_.options.retry.budget};
    retries_ = 0;

    retry_mutex_.unlock();
    facade_mutex_.unlock();
    mutex_.unlock();
}

}  // namespace cistern
