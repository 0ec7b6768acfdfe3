#pragma once

#include "backend/simulation/guide.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace cistern::test {

// Leads run after run of one scene until every schedule was tried that interrupts tasks at most so
// many times; a task that waits or ends is no interruption.
//
// Two beginnings of runs that differ only in the order of steps that have nothing to do with each
// other lead to the same state, and only one of them is gone on with: each step is hashed with what
// happened before it (the last step of its task, the last ones on its atomic, the last one under a
// lock), and the sum over all steps tells the state. A step under a lock counts as related to every
// other one, and so do parking and waking.
//
//     Explorer explorer{2};
//     while (explorer.begin_run()) {
//         ... a fresh world, scheduler.follow(explorer), explorer.start() when it is set up ...
//     }
//
// Thread safety:  none.
class Explorer final : public simulation::Guide {
public:
    explicit Explorer(std::uint32_t most_interruptions) : bound_{most_interruptions} {}

    // False when there is none left. The same world has to be given to each.
    [[nodiscard]] bool begin_run();
    // From here on it chooses; before, the oldest task goes first.
    void start() noexcept { has_started_ = true; }
    // The next run, and only that, goes this way.
    void repeat(const std::vector<std::size_t>& schedule);

    [[nodiscard]] std::uint64_t runs() const noexcept { return runs_; }
    [[nodiscard]] std::size_t states() const noexcept { return seen_.size(); }
    // The choices of this run, for repeat().
    [[nodiscard]] std::string schedule() const;

    // -- simulation::Guide ------------------------------------------------------------------------
    [[nodiscard]] std::size_t choose(const std::vector<simulation::Task*>& ready,
                                     bool is_first_running) override;
    void goes_on(const simulation::Task& task, const simulation::Access& access) override;

private:
    struct Choice {
        std::size_t options = 0;
        std::size_t chosen = 0;
    };
    struct Atomic {
        std::uint64_t id = 0;
        std::uint64_t last_write = 0;
        std::uint64_t reads = 0;  // since
    };

    [[nodiscard]] bool is_new(std::uint64_t running, std::uint32_t left);

    const std::uint32_t bound_;
    std::vector<Choice> path_;
    std::unordered_map<std::uint64_t, std::uint32_t> seen_;  // states, and what was left of bound_
    std::uint64_t runs_ = 0;
    // -- Of this run ------------------------------------------------------------------------------
    bool has_started_ = false;
    bool is_known_ = false;  // from here on
    std::size_t depth_ = 0;
    std::uint32_t interruptions_ = 0;
    std::uint64_t state_ = 0;
    std::uint64_t last_locked_ = 0;
    std::map<const void*, Atomic> atomics_;
    std::map<std::uint32_t, std::uint64_t> tasks_;  // the last step of each
};

}  // namespace cistern::test
