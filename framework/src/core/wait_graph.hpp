#pragma once

#include "core/instant.hpp"

#include <cistern/acquire_options.hpp>
#include <cistern/pool_options.hpp>

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <vector>

namespace cistern::core {

// A lease that is out, or a caller who waits.
struct LeaseOrWait {
    const void* task = nullptr;  // only ever compared; null: not known for sure
    std::uint64_t number = 0;    // of its pool's: never the same for another one of its kind
    Priority priority = Priority::kNormal;
    std::source_location where{};
    Instant since{};

    friend bool operator==(const LeaseOrWait& one, const LeaseOrWait& other) noexcept {
        return one.task == other.task && one.number == other.number;
    }
};

// One pool at one moment, as far as it matters to who waits for whom.
struct PoolWaits {
    // The same for all pools that may have max_size connections together, unlike any other's.
    const void* places = nullptr;
    std::uint32_t max_size = 0;
    ReserveOptions reserve;
    std::vector<LeaseOrWait> leases;
    std::vector<LeaseOrWait> waits;
};

// A lease whose holder waits himself, so that it does not come back.
struct StuckLease {
    std::size_t pool = 0;  // an index, as all of them
    std::size_t lease = 0;
    std::size_t waits_in = 0;  // a pool
    std::size_t wait = 0;
    bool is_in_circle = false;  // else only on a way out of it, into another circle
};

// Whether `task` waits for itself, by way of others that wait or without: everything that `task`
// waits for is held by such tasks, so nobody goes on before one of them gives up. Then the leases
// that it is about, those of `task` first; else nothing.
//
// Tasks are stuck if, after everybody who is not had given all back, they still could not have a
// connection: what is idle, being opened or closed, or may be opened counts as free, and so do
// connections that other matches of a keyed pool hold idle; what a reserve keeps from a caller does
// not. So a circle that is found is one, whatever happens next short of giving up or of a resize,
// provided that all of this was true at one moment. Its cost grows with waits times leases.
[[nodiscard]] std::vector<StuckLease> find_circle(const std::vector<PoolWaits>& pools,
                                                  const void* task);

}  // namespace cistern::core
