#pragma once

#include "core/slot.hpp"
#include "core/wait_queue.hpp"

#include <cistern/pool_observer.hpp>
#include <cistern/pool_stats.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <source_location>
#include <vector>

namespace cistern::core {

// A lease that is out, and which of the pool's endpoints it is connected to.
struct HeldLease {
    std::chrono::nanoseconds held{};
    std::source_location where;
    std::uint32_t endpoint = 0;
};

// What an event makes necessary. The machine's caller takes everything out and does it after it has
// let go of its lock.
struct Actions {
    // To be worked on; the state says how: connect, validate, reset, or close.
    IntrusiveList<Slot> tasks;
    // Their outcome is no longer pending; they may be asleep.
    IntrusiveList<Waiter> woken;
    // Still waiting, but to look again: something is idle that a newcomer may snatch.
    Waiter* nudged = nullptr;
    // To enter the express lane at once, under the lock still.
    Slot* into_lane = nullptr;
    // Another size was found.
    std::optional<SizeProposal> proposal;
    // Leases held for too long, each told once.
    std::vector<HeldLease> leaks;
};

}  // namespace cistern::core
