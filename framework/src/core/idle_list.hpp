#pragma once

#include "core/due_heap.hpp"
#include "core/slot.hpp"

#include <cistern/pool_options.hpp>

#include <vector>

namespace cistern::core {

// The idle connections, those idle for longest first, and which of them is lent next.
//
// Finding either takes constant time; entering and leaving too, or logarithmic time under kOldest.
//
// Thread safety:  none; the pool's lock covers it.
class IdleList {
public:
    IdleList(LendOrder order, std::size_t size) : order_{order}, by_birth_{0} { grow(size); }
    void grow(std::size_t size);

    [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
    // Null when there is none.
    [[nodiscard]] Slot* longest_idle() const noexcept { return slots_.front(); }
    [[nodiscard]] Slot* last_used() const noexcept { return slots_.back(); }
    [[nodiscard]] Slot* next_to_lend() const noexcept;

    // Sorted in by its idle_since: at the end, save when a background validation gives it back.
    void insert(Slot& slot) noexcept;
    void erase(Slot& slot) noexcept;

private:
    LendOrder order_;
    IntrusiveList<Slot> slots_;
    DueHeap by_birth_;             // kOldest only
    std::vector<Slot*> at_index_;  // kOldest only
};

}  // namespace cistern::core
