#pragma once

#include <cistern/hive/types.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace hive {

// The bytes of one reply, in one block that grows with what arrives and is used again.
//
// Thread safety:  none.
class Arena {
public:
    // What a read is offered at least.
    static constexpr std::size_t kReadSize = 64 * 1024;

    // Forgets the bytes and keeps the memory.
    void clear() noexcept { used_ = 0; }
    [[nodiscard]] char* data() noexcept { return bytes_.get(); }
    [[nodiscard]] const char* data() const noexcept { return bytes_.get(); }
    [[nodiscard]] std::size_t size() const noexcept { return used_; }

    // Where the next bytes go, kReadSize at least. Moves what is there already. Memory beyond twice
    // what has arrived, or beyond `limit` and one read, is not taken.
    [[nodiscard]] std::span<char> room(std::size_t limit);
    // That many bytes have been put there.
    void add(std::size_t size) noexcept { used_ += size; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t used_ = 0;
};

// Gives `batch` an empty arena: its old one where nobody else looks into that.
// REQUIRES: the texts of `batch` have been cleared
void renew_arena(Batch& batch);

}  // namespace hive
