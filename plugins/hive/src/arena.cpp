#include "arena.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace hive {
namespace {

// Whoever looked into the arena on another thread has let go of it for good: its last step was to
// count itself out, and touching the same count orders that before what follows here.
bool is_nobody_elses(const std::shared_ptr<Arena>& arena) noexcept {
    if (arena.use_count() != 1) {
        return false;
    }
    auto touched = arena;
    touched.reset();
    return true;
}

}  // namespace

std::span<char> Arena::room(std::size_t limit) {
    if (capacity_ - used_ < kReadSize) {
        const auto wanted = std::max(2 * used_, kReadSize);
        const auto most = std::max(limit, used_) + kReadSize;
        const auto capacity = std::max(std::min(wanted, most), used_ + kReadSize);
        auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
        if (used_ > 0) {
            std::memcpy(bytes.get(), bytes_.get(), used_);
        }
        bytes_ = std::move(bytes);
        capacity_ = capacity;
    }
    return {bytes_.get() + used_, capacity_ - used_};
}

void renew_arena(Batch& batch) {
    if (!batch.arena || !is_nobody_elses(batch.arena)) {
        batch.arena = std::make_shared<Arena>();
    }
    batch.arena->clear();
}

}  // namespace hive
