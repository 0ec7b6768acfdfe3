#pragma once

#include "backend/simulation/guide.hpp"
#include "backend/simulation/stack_pool.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cistern::test {

// What a task of a scene does, all of them at the same moment.
enum class Role : std::uint8_t {
    kBorrows,       // and returns
    kBorrowsTwice,  // one after the other
    kBorrowsOther,  // the same in a keyed scene, with the other match
    kMayBeStopped,  // borrows, unless it is stopped by its token
    kMayBeKilled,   // borrows, unless it is cancelled where it waits
    kTries,         // borrows what is there without waiting
    kReturns,       // has had a connection since before, by the lane, and returns it
    kDiscards,      // the same, and it has to be closed
    kIsTooLate,     // has waited since before, until this very moment
    kStops,         // those who may be stopped
    kKills,         // those who may be killed
};

// A small world around one real pool: `connections` are open and in the express lane, and may not
// become more; nor fewer, save where one gives way to another match. Then everything happens at
// once.
struct Scene {
    std::string name;
    std::uint32_t connections = 1;
    std::vector<Role> roles;
    bool is_swept = true;                      // by the pool's own timer, at the same moment too
    std::chrono::nanoseconds bypass_window{};  // 0: strictly in order
    // The pool is one with match_by. What is there has one match, and is borrowed with it; all else
    // is told of both matches, which share the places.
    bool is_keyed = false;
    int interruptions = 0;  // of tasks that could have gone on, per schedule
};

// What went wrong in one run; empty: nothing. And how it came to that.
struct Finding {
    std::string what;
    std::string trace;
};

// Runs `scene` once, as `guide` leads; `begin` is called when the world is set up.
[[nodiscard]] Finding run_scene(const Scene& scene,
                                simulation::Guide& guide,
                                const std::function<void()>& begin,
                                const std::shared_ptr<simulation::StackPool>& stacks);

}  // namespace cistern::test
