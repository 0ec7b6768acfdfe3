// Who waits for whom, by what clients have and ask for: held against the circles that pools tell
// of.

#include "simulation/ledger.hpp"

#include <algorithm>
#include <utility>

namespace cistern::test {

using namespace std::chrono_literals;

Ledger::Taken Ledger::taken_by(const Acquires& holders, std::size_t pool) const {
    Taken taken;
    for (std::size_t index = 0; index < pools_.size(); ++index) {
        if (index != pool && !shares_capacity_) {
            continue;
        }
        for (const auto& [number, facts] : pools_[index].connections) {
            const bool is_theirs =
                facts.is_used && std::any_of(holders.begin(), holders.end(), [&](const auto* one) {
                    return one->task.get() == facts.holder;
                });
            taken.in_all += is_theirs ? 1 : 0;
            taken.by_priority[static_cast<std::size_t>(facts.lent_to)] +=
                is_theirs && index == pool ? 1 : 0;
        }
    }
    return taken;
}

// If all but the stuck gave everything back.
bool Ledger::can_be_served(const Acquire& acquire, const Acquires& stuck) const {
    const auto& pool = pools_[acquire.pool];
    const auto taken = taken_by(stuck, acquire.pool);
    const auto& reserve = pool.options.reserve;
    const auto low = taken.by_priority[2];
    const auto most = pool.stats.max_size;
    if (taken.in_all >= most) {
        return false;
    }
    const bool is_kept_for_high = acquire.priority != Priority::kHigh && reserve.high > 0 &&
                                  low + taken.by_priority[1] + reserve.high >= most;
    const bool is_kept_for_normal = acquire.priority == Priority::kLow && reserve.normal > 0 &&
                                    low + reserve.high + reserve.normal >= most;
    return !is_kept_for_high && !is_kept_for_normal;
}

// Those that nobody can serve, however long they wait.
Ledger::Acquires Ledger::stuck_acquires() {
    Acquires stuck;
    for (auto& acquire : acquires_) {
        if (!acquire.is_repeated) {  // may be at work with what it has
            stuck.push_back(&acquire);
        }
    }
    while (std::erase_if(stuck, [&, before = stuck](const Acquire* acquire) {
               return can_be_served(*acquire, before);
           }) > 0) {
    }
    return stuck;
}

// Whether `waiting`, which is stuck, needs something back that `by` has.
bool Ledger::holds_up(const Acquire& waiting, Acquire& by, const Acquires& stuck) const {
    const auto& pool = pools_[waiting.pool];
    const auto all = taken_by(stuck, waiting.pool);
    const auto own = taken_by({&by}, waiting.pool);
    const auto& reserve = pool.options.reserve;
    const auto low = all.by_priority[2];
    if (all.in_all >= pool.stats.max_size) {
        return own.in_all > 0;
    }
    if (waiting.priority == Priority::kLow && reserve.normal > 0 &&
        low + reserve.high + reserve.normal >= pool.stats.max_size) {
        return own.by_priority[2] > 0;
    }
    return own.by_priority[1] + own.by_priority[2] > 0;
}

void Ledger::note_stuck() {
    for (auto* const acquire : stuck_acquires()) {
        acquire->was_stuck = true;
    }
}

// For each of them, by their order in `stuck`, whom it waits for, by way of others or without.
std::vector<std::vector<bool>> Ledger::who_waits_for_whom(const Acquires& stuck) const {
    const auto size = stuck.size();
    std::vector<std::vector<bool>> leads(size, std::vector<bool>(size));
    for (std::size_t from = 0; from < size; ++from) {
        for (std::size_t to = 0; to < size; ++to) {
            leads[from][to] = holds_up(*stuck[from], *stuck[to], stuck);
        }
    }
    for (std::size_t by = 0; by < size; ++by) {
        for (std::size_t from = 0; from < size; ++from) {
            for (std::size_t to = 0; to < size; ++to) {
                leads[from][to] = leads[from][to] || (leads[from][by] && leads[by][to]);
            }
        }
    }
    return leads;
}

void Ledger::circle_told() {
    note_stuck();  // a resize may be about to return
    const auto own = std::find_if(acquires_.begin(), acquires_.end(), [&](const Acquire& acquire) {
        return acquire.task.get() == scheduler_.current();
    });
    if (own == acquires_.end() || !own->was_stuck) {
        violated("I23: a circle is told that there is not");
        return;
    }
    // What is left of a circle may be told again, by somebody else. Who has told of one tells of
    // another one only when somebody has begun to wait since, who may be gone already.
    if (last_begun_step_ <= own->has_told_step && resized_at_ != now()) {
        violated("I23: a circle is told twice");
    }
    own->told_step = own->has_told_step = scheduler_.step();
    const auto stuck = stuck_acquires();
    const auto leads = who_waits_for_whom(stuck);
    for (std::size_t one = 0; one < stuck.size(); ++one) {
        for (std::size_t other = 0; other < stuck.size(); ++other) {
            if (stuck[one] == &*own && leads[one][other]) {
                stuck[other]->told_step = scheduler_.step();
            }
        }
    }
}

// Of each circle somebody has told, soon after it was closed; what is left of one when somebody has
// given up was told with it. One that hangs on another dissolves with that one: whoever closed the
// other need not be in it.
void Ledger::check_circles() {
    constexpr auto kSoon = 25ms;
    const auto stuck = stuck_acquires();
    const auto leads = who_waits_for_whom(stuck);
    for (std::size_t one = 0; one < stuck.size(); ++one) {
        bool hangs_on_another = false;
        for (std::size_t other = 0; other < stuck.size(); ++other) {
            hangs_on_another = hangs_on_another || (leads[one][other] && !leads[other][one]);
        }
        if (!leads[one][one] || hangs_on_another) {
            continue;
        }
        auto since = resized_at_;
        std::uint64_t closed_step = 0;
        std::uint64_t told_step = 0;
        for (std::size_t other = 0; other < stuck.size(); ++other) {
            if (leads[one][other] && leads[other][one]) {
                since = std::max(since, stuck[other]->called_at);
                closed_step = std::max(closed_step, stuck[other]->called_step);
                told_step = std::max(told_step, stuck[other]->told_step);
            }
        }
        if (told_step <= closed_step && now() > since + kSoon) {
            violated("I23: clients wait for each other in a circle, and nobody has told it");
        }
    }
}

}  // namespace cistern::test
