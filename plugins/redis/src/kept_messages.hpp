#pragma once

#include <cistern/redis/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace redis {

// Messages of a subscription that came while an answer was waited for, oldest first. So many of
// them, and so many bytes, that a subscriber who never asks for them cannot use up the memory.
//
// Thread safety:  none.
class KeptMessages {
public:
    static constexpr std::size_t kMost = 10'000;

    explicit KeptMessages(std::uint64_t most_bytes) noexcept : most_bytes_{most_bytes} {}

    [[nodiscard]] bool is_empty() const noexcept { return messages_.empty(); }
    // False when there is no room for it.
    [[nodiscard]] bool keep(Reply message);
    // REQUIRES: not empty
    [[nodiscard]] Reply take();
    void clear() noexcept;

private:
    const std::uint64_t most_bytes_;
    std::deque<Reply> messages_;
    std::uint64_t bytes_ = 0;  // of messages_
};

}  // namespace redis
