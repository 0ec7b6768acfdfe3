#include "core/wait_graph.hpp"

#include "core/wait_queue.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>

namespace cistern::core {
namespace {

// What keeps a caller from getting anything, even if all who can go on gave everything back.
enum class Obstacle : std::uint8_t { kNone, kPlaces, kReserveHigh, kReserveNormal };

struct LeaseAt {
    std::size_t pool = 0;
    std::size_t lease = 0;
};

struct WaitingTask {
    const void* task = nullptr;
    std::size_t pool = 0;
    std::size_t wait = 0;
    Obstacle obstacle = Obstacle::kPlaces;  // kNone: it goes on
    std::vector<LeaseAt> leases{};
    bool is_reached = false;  // from the task that is asked about
    bool leads_back = false;  // to it

    [[nodiscard]] bool is_stuck() const noexcept { return obstacle != Obstacle::kNone; }
};

class WaitGraph {
public:
    explicit WaitGraph(const std::vector<PoolWaits>& pools) : pools_{pools}, stuck_(pools.size()) {
        for (std::size_t pool = 0; pool < pools.size(); ++pool) {
            for (std::size_t wait = 0; wait < pools[pool].waits.size(); ++wait) {
                tasks_.push_back({pools[pool].waits[wait].task, pool, wait});
            }
        }
        std::sort(tasks_.begin(), tasks_.end(), [](const auto& one, const auto& other) {
            return std::less<>{}(one.task, other.task);
        });
        for (std::size_t pool = 0; pool < pools.size(); ++pool) {
            for (std::size_t lease = 0; lease < pools[pool].leases.size(); ++lease) {
                if (auto* const holder = find(pools[pool].leases[lease].task)) {
                    holder->leases.push_back({pool, lease});
                }
            }
        }
        while (free_those_who_go_on()) {
        }
    }

    [[nodiscard]] std::vector<StuckLease> circle_of(const void* task) {
        auto* const asked = find(task);
        if (asked == nullptr || !asked->is_stuck()) {
            return {};
        }
        const auto reached = reach_from(*asked);
        mark_who_leads_back(*asked, reached);
        const bool is_closed = std::any_of(reached.begin(), reached.end(), [&](const auto* other) {
            return other->leads_back && holds_up(*other, *asked);
        });
        return is_closed ? leases_of(reached) : std::vector<StuckLease>{};
    }

private:
    using ByPriority = std::array<std::uint32_t, kPriorities>;
    using Tasks = std::vector<WaitingTask*>;

    [[nodiscard]] WaitingTask* find(const void* task) {
        const auto place = std::lower_bound(
            tasks_.begin(), tasks_.end(), task, [](const auto& one, const void* wanted) {
                return std::less<>{}(one.task, wanted);
            });
        const bool is_there = task != nullptr && place != tasks_.end() && place->task == task;
        return is_there ? &*place : nullptr;
    }
    [[nodiscard]] const LeaseOrWait& lease(LeaseAt at) const {
        return pools_[at.pool].leases[at.lease];
    }
    [[nodiscard]] bool share_places(std::size_t one, std::size_t other) const {
        return pools_[one].places == pools_[other].places;
    }

    bool free_those_who_go_on() {
        std::fill(stuck_.begin(), stuck_.end(), ByPriority{});
        for (const auto& holder : tasks_) {
            for (const auto at : holder.leases) {
                stuck_[at.pool][static_cast<std::size_t>(lease(at).priority)] +=
                    holder.is_stuck() ? 1 : 0;
            }
        }
        bool has_changed = false;
        for (auto& waiting : tasks_) {
            if (waiting.is_stuck()) {
                waiting.obstacle = obstacle_of(waiting);
                has_changed = has_changed || !waiting.is_stuck();
            }
        }
        return has_changed;
    }
    // As PoolMachine::lowest_served() says who is served.
    [[nodiscard]] Obstacle obstacle_of(const WaitingTask& waiting) const {
        const auto& pool = pools_[waiting.pool];
        std::uint64_t taken = 0;
        for (std::size_t other = 0; other < pools_.size(); ++other) {
            if (share_places(waiting.pool, other)) {
                taken = std::accumulate(stuck_[other].begin(), stuck_[other].end(), taken);
            }
        }
        if (taken >= pool.max_size) {
            return Obstacle::kPlaces;
        }
        const auto priority = pool.waits[waiting.wait].priority;
        const auto& [high, normal, low] = stuck_[waiting.pool];
        const auto& reserve = pool.reserve;
        if (priority == Priority::kLow && reserve.normal > 0 &&
            low + reserve.high + reserve.normal >= pool.max_size) {
            return Obstacle::kReserveNormal;
        }
        if (priority != Priority::kHigh && reserve.high > 0 &&
            low + normal + reserve.high >= pool.max_size) {
            return Obstacle::kReserveHigh;
        }
        return Obstacle::kNone;
    }

    // Whether `waiting` needs this one back.
    [[nodiscard]] bool needs(const WaitingTask& waiting, LeaseAt at) const {
        switch (waiting.obstacle) {
            case Obstacle::kPlaces:
                return share_places(waiting.pool, at.pool);
            case Obstacle::kReserveHigh:
                return waiting.pool == at.pool && lease(at).priority != Priority::kHigh;
            case Obstacle::kReserveNormal:
                return waiting.pool == at.pool && lease(at).priority == Priority::kLow;
            case Obstacle::kNone:
                break;
        }
        return false;
    }
    [[nodiscard]] bool holds_up(const WaitingTask& waiting, const WaitingTask& by) const {
        return std::any_of(
            by.leases.begin(), by.leases.end(), [&](const auto at) { return needs(waiting, at); });
    }

    // All for whom it waits, by way of others too; itself first.
    [[nodiscard]] Tasks reach_from(WaitingTask& asked) {
        Tasks reached{&asked};
        asked.is_reached = true;
        for (std::size_t next = 0; next < reached.size(); ++next) {
            for (auto& other : tasks_) {
                if (!other.is_reached && other.is_stuck() && holds_up(*reached[next], other)) {
                    other.is_reached = true;
                    reached.push_back(&other);
                }
            }
        }
        return reached;
    }
    void mark_who_leads_back(WaitingTask& asked, const Tasks& reached) const {
        Tasks found{&asked};
        asked.leads_back = true;
        for (std::size_t next = 0; next < found.size(); ++next) {
            for (auto* const waiting : reached) {
                if (!waiting->leads_back && holds_up(*waiting, *found[next])) {
                    waiting->leads_back = true;
                    found.push_back(waiting);
                }
            }
        }
    }
    [[nodiscard]] std::vector<StuckLease> leases_of(const Tasks& reached) const {
        std::vector<StuckLease> found;
        for (const auto* const holder : reached) {
            for (const auto at : holder->leases) {
                bool is_needed = false;
                bool is_in_circle = false;
                for (const auto* const waiting : reached) {
                    const bool does = needs(*waiting, at);
                    is_needed = is_needed || does;
                    is_in_circle =
                        is_in_circle || (does && waiting->leads_back && holder->leads_back);
                }
                if (is_needed) {
                    found.push_back({at.pool, at.lease, holder->pool, holder->wait, is_in_circle});
                }
            }
        }
        return found;
    }

    const std::vector<PoolWaits>& pools_;
    std::vector<ByPriority> stuck_;   // of each pool: leases held by who is stuck
    std::vector<WaitingTask> tasks_;  // by task
};

}  // namespace

std::vector<StuckLease> find_circle(const std::vector<PoolWaits>& pools, const void* task) {
    return WaitGraph{pools}.circle_of(task);
}

}  // namespace cistern::core
