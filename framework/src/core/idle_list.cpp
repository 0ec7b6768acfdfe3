#include "core/idle_list.hpp"

namespace cistern::core {

void IdleList::grow(std::size_t size) {
    if (order_ == LendOrder::kOldest && size > at_index_.size()) {
        by_birth_.grow(size);
        at_index_.resize(size, nullptr);
    }
}

Slot* IdleList::next_to_lend() const noexcept {
    if (empty()) {
        return nullptr;
    }
    switch (order_) {
        case LendOrder::kLifo:
            return slots_.back();
        case LendOrder::kFifo:
            return slots_.front();
        case LendOrder::kOldest:
            return at_index_[by_birth_.first()];
    }
    return slots_.back();
}

void IdleList::insert(Slot& slot) noexcept {
    Slot* after = slots_.back();
    while (after != nullptr && after->idle_since > slot.idle_since) {
        after = after->hook.previous;
    }
    slots_.insert_before(after != nullptr ? after->hook.next : slots_.front(), slot);
    if (order_ == LendOrder::kOldest) {
        at_index_[slot.index] = &slot;
        by_birth_.set(slot.index, static_cast<DueHeap::Key>(slot.birth));
    }
}

void IdleList::erase(Slot& slot) noexcept {
    slots_.erase(slot);
    if (order_ == LendOrder::kOldest) {
        by_birth_.erase(slot.index);
    }
}

}  // namespace cistern::core
