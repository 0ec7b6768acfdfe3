#pragma once

#include "pool/pool_impl.hpp"

#include <algorithm>
#include <utility>

// The two ways in which pool_*.cpp go through the lock.

namespace cistern {

template <class Event>
void PoolImpl::step(Event&& event) {
    core::Actions actions;
    core::Instant retry_timer = core::kNever;
    core::Instant ageing_timer = core::kNever;
    core::Instant lane_timer = core::kNever;
    bool is_detached = false;
    bool tells_others = false;
    std::uint32_t left_untried = kMostEndpoints;
    std::exception_ptr thrown;
    std::shared_ptr<WaitNode> nudged;
    // A lease that ends keeps the pool alive until here and no longer: what is left to do
    // afterwards must hold it by itself.
    std::shared_ptr<PoolImpl> keep;
    {
        const std::lock_guard lock{mutex_};
        // Read under the lock, so that events come in the order of their times.
        const core::Instant now = clock().now();
        try {
            event(now, actions);
        } catch (...) {
            thrown = std::current_exception();
        }
        if (actions.into_lane != nullptr) {
            enter_lane(*actions.into_lane, now);
        }
        close_lane_if_needed(now, actions);
        give_up_idle(actions);
        lane_.publish(machine_.count(core::ConnectionState::kInLane), now);
        tells_others = start_opens(now, actions);
        left_untried = std::exchange(left_untried_, kMostEndpoints);
        note_use(now);
        note_circles();
        if (actions.proposal && actions.proposal->is_applied &&
            actions.proposal->to < actions.proposal->from) {
            wake_waiters();
        }
        for (const auto& watcher : watchers_) {
            watcher->unpark();
        }
        if (actions.nudged != nullptr) {
            nudged = static_cast<WaitNode*>(actions.nudged)->self;
        }
        retry_timer = timer_to_set(&PoolImpl::retry_timer_, retry_at_, retry_at_);
        // A timer that is set for a little later will do: reap_interval says how much later.
        const auto due = machine_.next_due();
        ageing_timer = timer_to_set(
            &PoolImpl::ageing_timer_, due, core::later(due, parts_.options.reap_interval));
        if (machine_.first_in_lane() != nullptr) {
            const auto at = core::later(swept_at_, sweep_interval_);
            lane_timer = timer_to_set(&PoolImpl::lane_timer_, at, at);
        }
        is_detached = is_detached_;
        if (is_detached && machine_.count(core::ConnectionState::kLent) == 0) {
            keep = std::move(self_);
        }
        const bool has_timer = std::min({retry_timer, ageing_timer, lane_timer}) != core::kNever;
        if (keep == nullptr && (has_timer || tells_others || actions.proposal ||
                                !actions.tasks.empty() || !actions.leaks.empty())) {
            keep = weak_from_this().lock();
        }
    }
    if (nudged != nullptr) {
        nudged->parker->unpark();
    }
    act(actions, is_detached);
    if (tells_others) {
        tell_turned_away(left_untried);
        tell_of_capacity();
    }
    set_timer(&PoolImpl::retry_timer_, retry_timer);
    set_timer(&PoolImpl::ageing_timer_, ageing_timer);
    set_timer(&PoolImpl::lane_timer_, lane_timer);
    if (thrown != nullptr) {
        std::rethrow_exception(thrown);
    }
}

template <class Condition>
bool PoolImpl::watch_until(Deadline deadline, Condition is_done) {
    struct Watch {
        PoolImpl& pool;
        std::shared_ptr<Parker> parker;

        explicit Watch(PoolImpl& watched)
            : pool{watched}, parker{watched.parts_.backend->this_task()} {
            const std::lock_guard lock{pool.mutex_};
            pool.watchers_.push_back(parker);
        }
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch() {
            const std::lock_guard lock{pool.mutex_};
            std::erase(pool.watchers_, parker);
        }
    };
    const auto keep = shared_from_this();
    const Watch watch{*this};
    bool is_late = false;
    while (true) {
        {
            const std::lock_guard lock{mutex_};
            if (is_done()) {
                return true;
            }
        }
        if (is_late) {
            return false;
        }
        is_late = !watch.parker->park_until(deadline);
    }
}

}  // namespace cistern
