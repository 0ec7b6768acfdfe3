#pragma once

#include "core/connection_state.hpp"
#include "core/instant.hpp"
#include "core/intrusive_list.hpp"

#include <cistern/acquire_options.hpp>
#include <cistern/detail/express_lane.hpp>
#include <cistern/pool_observer.hpp>

#include <cstdint>

namespace cistern::core {

// One place in a pool and all that its rules need to know about the connection in it. The
// connection itself is kept by whoever drives the machine, under the same index.
//
// Ownership:      the machine's. While it is lent, or a task works on it, only the event that ends
//                 this changes it.
struct Slot : detail::LaneSlot {
    std::uint32_t index = 0;
    ConnectionState state = ConnectionState::kEmpty;
    CloseReason close_reason = CloseReason::kSurplus;  // while kClosing
    bool is_suspect = false;          // while kValidating: because another one failed
    bool is_probe = false;            // while kConnecting: of an endpoint that had failed
    bool is_extra = false;            // while kConnecting: a probe on which nobody counts
    bool is_hung_up = false;          // by the peer: it is not lent again
    std::uint32_t endpoint = 0;       // which of the pool's it is, or was, connected to
    std::uint64_t ticket = 0;         // of the endpoint's gate, while kConnecting
    std::uint64_t opening = 0;        // counts opens that began: news of an earlier one are no news
    std::uint64_t failure_round = 0;  // of the endpoint, while kConnecting
    std::uint64_t generation = 0;
    std::uint64_t credentials = 0;  // number of those it was opened with; 0: there is but one
    std::uint64_t birth = 0;        // counts opened connections: ties of age cannot occur
    Instant expires_at = kNever;    // end of its lifetime, fixed at birth
    Instant idle_since{};
    Instant proven_at{};  // last known to work: opened, used or validated
    Instant lent_at{};
    Priority lent_to = Priority::kNormal;  // while lent
    std::uint64_t lease = 0;               // while lent: no other lease of its place has it
    Instant holder_sure_at{};              // while lent: from then on `holder` is who has it
    std::uint32_t seen_takes = 0;          // while kInLane: its word's at the last sweep
    std::uint64_t lane_takes = 0;          // leases that began in the lane, all but its word's
    void* entry = nullptr;                 // what the machine's driver keeps beside it
    ListHook<Slot> hook;  // idle, in the lane, lent, free, or the tasks to be started
};

}  // namespace cistern::core
