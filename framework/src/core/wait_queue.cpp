#include "core/wait_queue.hpp"

#include <algorithm>

namespace cistern::core {

Waiter* WaitQueue::front(Priority lowest) const noexcept {
    const auto end = static_cast<std::size_t>(lowest) + 1;
    for (std::size_t index = end; index-- > 1;) {
        if (classes_[index].passed >= kMostPassed && !classes_[index].waiters.empty()) {
            return classes_[index].waiters.front();
        }
    }
    for (std::size_t index = 0; index < end; ++index) {
        if (Waiter* const first = classes_[index].waiters.front()) {
            return first;
        }
    }
    return nullptr;
}

Waiter* WaitQueue::last(Priority lowest) const noexcept {
    for (std::size_t index = static_cast<std::size_t>(lowest) + 1; index-- > 0;) {
        if (Waiter* const last = classes_[index].waiters.back()) {
            return last;
        }
    }
    return nullptr;
}

Waiter* WaitQueue::oldest() const noexcept {
    Waiter* oldest = nullptr;
    for (const auto& one : classes_) {
        Waiter* const first = one.waiters.front();
        if (first != nullptr && (oldest == nullptr || first->since < oldest->since)) {
            oldest = first;
        }
    }
    return oldest;
}

std::size_t WaitQueue::before_last(const Waiter& waiter) const noexcept {
    const std::size_t own = size(waiter.priority);
    std::size_t more_urgent = 0;
    for (std::size_t index = 0; index < static_cast<std::size_t>(waiter.priority); ++index) {
        more_urgent += classes_[index].waiters.size();
    }
    return own - 1 + std::min(more_urgent, own * kMostPassed);
}

void WaitQueue::push_in_place(Waiter& waiter) noexcept {
    Waiter* place = first_of(waiter.priority);
    while (place != nullptr && place->since <= waiter.since) {
        place = place->hook.next;
    }
    insert(place, waiter);
}

void WaitQueue::insert(Waiter* place, Waiter& waiter) noexcept {
    Class& own = of(waiter.priority);
    if (own.waiters.empty()) {
        own.passed = 0;
    }
    own.waiters.insert_before(place, waiter);
}

Waiter* WaitQueue::pop_front(Priority lowest) noexcept {
    Waiter* const waiter = front(lowest);
    if (waiter == nullptr) {
        return nullptr;
    }
    erase(*waiter);
    const auto served = static_cast<std::size_t>(waiter->priority);
    classes_[served].passed = 0;
    for (std::size_t index = served + 1; index < kPriorities; ++index) {
        ++classes_[index].passed;
    }
    return waiter;
}

}  // namespace cistern::core
