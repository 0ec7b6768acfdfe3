#pragma once

#include "core/instant.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cistern::core {

// Which of up to `size` numbered things is the first in order; a thing has one key or none.
// Changing a key takes logarithmic time and never allocates; the first is found at once.
//
// Thread safety:  none.
class DueHeap {
public:
    using Key = std::int64_t;

    explicit DueHeap(std::size_t size) { grow(size); }
    // Numbers below `size` may be used from now on.
    void grow(std::size_t size);

    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
    // REQUIRES: not empty
    [[nodiscard]] std::uint32_t first() const noexcept { return items_.front().index; }
    [[nodiscard]] Key first_key() const noexcept { return items_.front().key; }

    // Gives `index` the key, in place of the one it may have had.
    void set(std::uint32_t index, Key key) noexcept;
    // Does nothing when it has none.
    void erase(std::uint32_t index) noexcept;

private:
    struct Item {
        Key key;
        std::uint32_t index;
    };
    static constexpr std::uint32_t kAbsent = UINT32_MAX;

    void sift_up(std::size_t at) noexcept;
    void sift_down(std::size_t at) noexcept;
    void swap_items(std::size_t a, std::size_t b) noexcept;

    std::vector<Item> items_;
    std::vector<std::uint32_t> position_;  // in items_, by index
};

}  // namespace cistern::core
