#include "core/due_heap.hpp"

#include <cassert>
#include <utility>

namespace cistern::core {

void DueHeap::grow(std::size_t size) {
    if (size > position_.size()) {
        items_.reserve(size);
        position_.resize(size, kAbsent);
    }
}

void DueHeap::set(std::uint32_t index, Key key) noexcept {
    assert(index < position_.size());
    if (position_[index] == kAbsent) {
        position_[index] = static_cast<std::uint32_t>(items_.size());
        items_.push_back({key, index});
        sift_up(items_.size() - 1);
        return;
    }
    items_[position_[index]].key = key;
    sift_up(position_[index]);
    sift_down(position_[index]);
}

void DueHeap::erase(std::uint32_t index) noexcept {
    const auto at = position_[index];
    if (at == kAbsent) {
        return;
    }
    swap_items(at, items_.size() - 1);
    items_.pop_back();
    position_[index] = kAbsent;
    if (at < items_.size()) {
        sift_up(at);
        sift_down(at);
    }
}

void DueHeap::sift_up(std::size_t at) noexcept {
    while (at > 0 && items_[at].key < items_[(at - 1) / 2].key) {
        swap_items(at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

void DueHeap::sift_down(std::size_t at) noexcept {
    while (true) {
        std::size_t least = at;
        for (const auto child : {2 * at + 1, 2 * at + 2}) {
            if (child < items_.size() && items_[child].key < items_[least].key) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        swap_items(at, least);
        at = least;
    }
}

void DueHeap::swap_items(std::size_t a, std::size_t b) noexcept {
    std::swap(items_[a], items_[b]);
    position_[items_[a].index] = static_cast<std::uint32_t>(a);
    position_[items_[b].index] = static_cast<std::uint32_t>(b);
}

}  // namespace cistern::core
