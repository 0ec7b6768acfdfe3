#pragma once

// What one seed means: the pools and their options, the servers, who uses them how, and what goes
// wrong.

#include "backend/simulation/scheduler.hpp"
#include "backend/simulation/simulated_server.hpp"

#include <cistern/acquire_options.hpp>
#include <cistern/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cistern::test {

// One thing that happens to an endpoint at a certain time.
struct Incident {
    enum class Kind { kCrashReset, kCrashVanish, kRestart, kFailover };
    Kind kind = Kind::kRestart;
    std::chrono::nanoseconds at{};  // since the beginning
    std::size_t endpoint = 0;
};

struct PoolPlan {
    PoolOptions options;
    std::vector<std::size_t> endpoints;  // in the order of options.endpoints; or the one
    bool needs_reset = false;
    bool waits_for_goodbye = false;
};

struct ClientPlan {
    std::size_t pool = 0;
    std::uint32_t operations = 0;
    std::chrono::nanoseconds longest_hold{};
    std::chrono::nanoseconds longest_pause{};
    std::chrono::nanoseconds longest_timeout{};
    Priority priority = Priority::kNormal;
};

struct Scenario {
    std::uint64_t seed = 0;
    simulation::Tuning tuning;
    simulation::FaultRates faults;
    std::size_t endpoints = 1;
    bool greets = true;
    // What clients do by the clock happens at multiples of this, so that it often coincides; 1: at
    // any time.
    std::chrono::nanoseconds grain{1};
    bool has_canceller = false;
    bool has_drainer = false;
    bool has_operator = false;
    bool has_warmer = false;
    bool takes_seconds = false;  // clients borrow another connection while they have one
    bool has_checker = false;
    // All pools together have max_size connections at most, as those of a keyed pool.
    bool shares_capacity = false;
    std::vector<PoolPlan> pools;
    std::vector<ClientPlan> clients;
    std::vector<Incident> incidents;
    std::chrono::nanoseconds calm_after{};  // when faults stop, and everything has to recover
};

// The name that an endpoint has in the world.
[[nodiscard]] std::string host_of(std::size_t endpoint);
// The scenario of `seed`; `max_steps`: 0 for the usual limit.
[[nodiscard]] Scenario draw_scenario(std::uint64_t seed, std::uint64_t max_steps);
// `at`, or the next moment of the scenario's grain.
[[nodiscard]] std::chrono::nanoseconds on_grain(const Scenario& scenario,
                                                std::chrono::nanoseconds at) noexcept;
[[nodiscard]] std::string in_words(const Scenario& scenario);

}  // namespace cistern::test
