#pragma once

#include "core/instant.hpp"

#include <cstdint>
#include <optional>

namespace cistern::core {

// How long it takes until a connection becomes free for those who wait: the time between hand-offs
// while somebody waits, smoothed as TCP smooths its round trips (RFC 6298).
//
// Thread safety:  none.
class HandOffs {
public:
    // From now on somebody waits for the next one: the time before counts for nothing.
    void wait_begins(Instant now) noexcept { waits_since_ = now; }
    void handed_over(Instant now) noexcept;
    // What was seen says nothing about what comes.
    void forget() noexcept { seen_ = 0; }
    // How long `count` of them will take; nothing while too few were seen to tell.
    [[nodiscard]] std::optional<Instant> time_for(std::uint64_t count) const noexcept;

private:
    static constexpr std::uint32_t kFewest = 8;
    static constexpr int kSmoothing = 8;  // the share of what is new: one in so many

    Instant waits_since_{};
    Instant smoothed_{};
    std::uint32_t seen_ = 0;  // at most kFewest
};

}  // namespace cistern::core
