#pragma once

#include <cstdint>

namespace cistern::core {

// What the number of opens depends on.
struct Demand {
    std::uint32_t max_size = 0;
    std::uint32_t min_idle = 0;
    std::uint32_t total = 0;
    std::uint32_t idle = 0;
    std::uint32_t coming = 0;  // being opened, validated or reset: each will serve somebody
    std::uint32_t waiting = 0;
};

// How many more connections to open: one for each waiter that nothing is coming for, and min_idle
// to spare, as far as there is room. Never one that somebody else's return makes superfluous at
// once.
[[nodiscard]] constexpr std::uint32_t opens_wanted(const Demand& demand) noexcept {
    const std::uint64_t needed = std::uint64_t{demand.waiting} + demand.min_idle;
    const std::uint64_t available = std::uint64_t{demand.idle} + demand.coming;
    const std::uint64_t missing = needed > available ? needed - available : 0;
    const std::uint64_t room = demand.max_size > demand.total ? demand.max_size - demand.total : 0;
    return static_cast<std::uint32_t>(missing < room ? missing : room);
}

}  // namespace cistern::core
