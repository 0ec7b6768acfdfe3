#include "pool/wait_circles.hpp"

#include <algorithm>
#include <optional>

namespace cistern {

struct WaitCircles::Seat {
    std::weak_ptr<CircleMember> pool{};
    const void* places = nullptr;
    std::list<Seat>::iterator place{};
    // Written under the pool's lock.
    std::atomic<bool> is_waited_for{false};
    std::atomic<bool> has_leases{false};
};

namespace {

using Pools = std::vector<std::shared_ptr<CircleMember>>;

// All pools in question, each at a moment of its own, and what follows if it was the same moment.
struct Look {
    std::vector<CircleMember::View> views;
    std::vector<core::PoolWaits> waits;
    std::vector<core::StuckLease> stuck;

    [[nodiscard]] const core::LeaseOrWait& lease(const core::StuckLease& link) const {
        return waits[link.pool].leases[link.lease];
    }
    [[nodiscard]] const core::LeaseOrWait& wait(const core::StuckLease& link) const {
        return waits[link.waits_in].waits[link.wait];
    }
};

Look look_at(const Pools& pools, const void* task) {
    Look look;
    for (const auto& pool : pools) {
        look.views.push_back(pool->view_waits());
        look.waits.push_back(std::move(look.views.back().waits));
    }
    look.stuck = core::find_circle(look.waits, task);
    return look;
}

bool are_same(const Look& one, const Look& other) {
    return std::equal(one.stuck.begin(),
                      one.stuck.end(),
                      other.stuck.begin(),
                      other.stuck.end(),
                      [&](const core::StuckLease& a, const core::StuckLease& b) {
                          return a.pool == b.pool && a.waits_in == b.waits_in &&
                                 one.lease(a) == other.lease(b) && one.wait(a) == other.wait(b);
                      });
}

// If those whom a circle hangs on are who they seem to be: when that is known.
core::Instant sure_of_circle_at(Look look, const void* task) {
    auto at = core::kNever;
    for (std::size_t pool = 0; pool < look.views.size(); ++pool) {
        at = std::min(at, look.views[pool].sure_at);
        for (const auto& [lease, holder] : look.views[pool].unsure) {
            look.waits[pool].leases[lease].task = holder;
        }
    }
    return at != core::kNever && !core::find_circle(look.waits, task).empty() ? at : core::kNever;
}

std::vector<CircleLink> links_of(const Look& look) {
    std::vector<CircleLink> links;
    for (const auto& link : look.stuck) {
        if (!link.is_in_circle) {
            continue;
        }
        const auto& lease = look.lease(link);
        const auto& wait = look.wait(link);
        links.push_back({.pool = look.views[link.pool].name,
                         .holder = {look.views[link.pool].now - lease.since, lease.where},
                         .waits_for = look.views[link.waits_in].name,
                         .waits_at = wait.where,
                         .waited = look.views[link.waits_in].now - wait.since});
    }
    return links;
}

}  // namespace

WaitCircles::WaitCircles() = default;
WaitCircles::~WaitCircles() = default;

WaitCircles::Member WaitCircles::join(std::weak_ptr<CircleMember> pool, const void* places) {
    const std::lock_guard lock{mutex_};
    Seat& seat = seats_.emplace_back();
    seat.pool = std::move(pool);
    seat.places = places;
    seat.place = std::prev(seats_.end());
    return &seat;
}

void WaitCircles::leave(Member member) noexcept {
    note(member, false, false);
    const std::lock_guard lock{mutex_};
    seats_.erase(member->place);
}

void WaitCircles::note(Member member, bool is_waited_for, bool has_leases) noexcept {
    if (member->has_leases.load(std::memory_order_relaxed) != has_leases) {
        member->has_leases.store(has_leases, std::memory_order_relaxed);
    }
    if (member->is_waited_for.load(std::memory_order_relaxed) == is_waited_for) {
        return;
    }
    member->is_waited_for.store(is_waited_for, std::memory_order_relaxed);
    // Of two pools in which callers begin to wait at once, one sees the other.
    if (is_waited_for) {
        waited_for_.fetch_add(1, std::memory_order_seq_cst);
    } else {
        waited_for_.fetch_sub(1, std::memory_order_seq_cst);
    }
}

// Those that somebody waits for, and those whose leases are in his way because they share places
// with such a pool.
WaitCircles::Pools WaitCircles::pools_in_question() {
    const std::lock_guard lock{mutex_};
    std::vector<const void*> wanted;
    for (const auto& seat : seats_) {
        if (seat.is_waited_for.load(std::memory_order_relaxed)) {
            wanted.push_back(seat.places);
        }
    }
    std::sort(wanted.begin(), wanted.end(), std::less<>{});
    Pools pools;
    pools.reserve(seats_.size());
    for (const auto& seat : seats_) {
        const bool matters = seat.is_waited_for.load(std::memory_order_relaxed) ||
                             seat.has_leases.load(std::memory_order_relaxed);
        if (matters &&
            std::binary_search(wanted.begin(), wanted.end(), seat.places, std::less<>{})) {
            pools.push_back(seat.pool.lock());
        }
    }
    std::erase(pools, nullptr);
    return pools;
}

WaitCircles::Found WaitCircles::find(const void* task) {
    const auto pools = pools_in_question();
    if (std::none_of(pools.begin(), pools.end(), [&](const auto& pool) {
            return pool->has_leases_of(task);
        })) {
        return {};
    }
    Found found;
    auto look = look_at(pools, task);
    while (!look.stuck.empty()) {
        auto again = look_at(pools, task);
        if (!are_same(look, again)) {
            look = std::move(again);
            continue;
        }
        found.circle = links_of(look);
        for (const auto& link : look.stuck) {
            if (link.is_in_circle && look.wait(link).number > found.claimed_by) {
                found.claimed_by = look.wait(link).number;
                found.claimed_in = pools[link.waits_in];
            }
        }
        return found;
    }
    found.ask_again_at = sure_of_circle_at(std::move(look), task);
    return found;
}

void WaitCircles::begin_anew_in_child() noexcept {
    for (auto& seat : seats_) {
        seat.is_waited_for.store(false, std::memory_order_relaxed);
        seat.has_leases.store(false, std::memory_order_relaxed);
    }
    waited_for_.store(0, std::memory_order_relaxed);
    fork_hold_.let_go(mutex_);
}

}  // namespace cistern
