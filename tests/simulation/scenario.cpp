#include "simulation/scenario.hpp"

#include "backend/simulation/seeded_random.hpp"

#include <algorithm>
#include <sstream>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using simulation::SeededRandom;

template <class T>
T one_of(SeededRandom& random, std::initializer_list<T> values) {
    return *(values.begin() + random.below(values.size()));
}

// Who is refused, and who goes first.
void draw_waiting(SeededRandom& random, PoolOptions& options) {
    if (random.percent(25)) {
        options.codel.target = random.between(1us, 20ms);
        options.codel.interval = options.codel.target * random.between(1, 4);
    }
    options.reject_hopeless = random.percent(30);
    if (random.percent(25)) {
        options.reserve.high = random.below(options.max_size);
        options.reserve.normal = random.below(options.max_size - options.reserve.high);
    }
}

// Small numbers, so that the few leases of a run are enough to judge by.
void draw_adaptive(SeededRandom& random, PoolOptions& options) {
    if (!random.percent(25)) {  // such pools have no express lane, and that is to be explored too
        return;
    }
    const auto& reserve = options.reserve;
    auto& adaptive = options.adaptive;
    adaptive.mode = random.percent(75) ? AdaptiveMode::kOn : AdaptiveMode::kReport;
    adaptive.min_size = std::max(options.min_idle, 1 + reserve.high + reserve.normal);
    adaptive.interval = random.between(100us, 5ms);
    adaptive.samples = random.between(1, 2);
}

PoolOptions draw_options(SeededRandom& random) {
    PoolOptions options;
    options.max_size = random.between(1, 4);
    options.min_idle = random.percent(30) ? random.between(1, options.max_size) : 0;
    options.acquire_timeout = random.between(1ms, 1500ms);
    options.bypass_window = random.percent(40) ? random.between(1us, 20ms) : 0ns;
    options.max_waiters = random.percent(20) ? random.between(1, 4) : 0;
    options.connect_timeout = random.between(20ms, 800ms);
    options.max_connecting = random.between(1, 3);
    options.retry.max_attempts = random.between(1, 4);
    options.retry.initial_delay = random.between(1ms, 60ms);
    options.retry.max_delay = options.retry.initial_delay * random.between(1, 10);
    options.retry.budget = one_of(random, {0.0, 0.2, 1.0});
    options.max_lifetime = random.percent(40) ? random.between(100ms, 2s) : 0ns;
    options.idle_timeout = random.percent(40) ? random.between(50ms, 1s) : 0ns;
    options.keepalive_interval = random.percent(25) ? random.between(80ms, 99ms) : 0ns;
    options.reap_interval = one_of<std::chrono::nanoseconds>(random, {0ns, 5ms, 100ms});
    options.validate_after_idle = one_of<std::chrono::nanoseconds>(random, {0ns, 1ms, 50ms, 500ms});
    options.validate_timeout = random.between(5ms, 300ms);
    options.order = one_of(random, {LendOrder::kLifo, LendOrder::kFifo, LendOrder::kOldest});
    options.leak_threshold = random.percent(20) ? random.between(1ms, 50ms) : 0ns;
    draw_waiting(random, options);
    return options;
}

// A few kinds of fault at a time: if everything fails always, nothing is ever tried.
simulation::FaultRates draw_faults(SeededRandom& random) {
    simulation::FaultRates rates;
    if (random.percent(30)) {
        return rates;
    }
    for (auto* rate : {&rates.refuse,
                       &rates.black_hole,
                       &rates.slow_connect,
                       &rates.reset,
                       &rates.close,
                       &rates.vanish,
                       &rates.drip,
                       &rates.extra_reply,
                       &rates.slow_reply}) {
        if (random.percent(25)) {
            *rate = random.between(5, 50);
        }
    }
    return rates;
}

// Of the endpoints from `first` on.
void draw_incidents(SeededRandom& random, Scenario& scenario, std::size_t first) {
    using Kind = Incident::Kind;
    for (std::size_t endpoint = first; endpoint < scenario.endpoints; ++endpoint) {
        if (random.percent(25)) {
            const auto kind = random.percent(50) ? Kind::kCrashReset : Kind::kCrashVanish;
            const auto at = random.between(1ms, scenario.calm_after);
            scenario.incidents.push_back({kind, at, endpoint});
            scenario.incidents.push_back(
                {Kind::kRestart, at + random.between(1ms, 600ms), endpoint});
        }
        if (random.percent(20)) {
            scenario.incidents.push_back(
                {Kind::kFailover, random.between(1ms, scenario.calm_after), endpoint});
        }
    }
}

// What is agreed by those who share must be the same.
void share_capacity(Scenario& scenario) {
    scenario.shares_capacity = true;
    scenario.has_operator = false;
    for (auto& pool : scenario.pools) {
        pool.options.max_size = scenario.pools.front().options.max_size;
        pool.options.min_idle = 0;
        pool.options.reserve = {};
        pool.options.adaptive = {};
    }
}

// Each pool connects to all of them, and begins its list with another one.
void add_endpoints(SeededRandom& random, Scenario& scenario) {
    const auto before = scenario.endpoints;
    scenario.endpoints = random.between(2, 3);
    for (auto& pool : scenario.pools) {
        const auto first = pool.endpoints.front();
        pool.endpoints.clear();
        for (std::size_t step = 0; step < scenario.endpoints; ++step) {
            pool.endpoints.push_back((first + step) % scenario.endpoints);
            pool.options.endpoints.push_back(host_of(pool.endpoints.back()) + ":7");
        }
        auto& options = pool.options;
        options.endpoint_policy = one_of(random,
                                         {EndpointPolicy::kFailover,
                                          EndpointPolicy::kFailover,
                                          EndpointPolicy::kRoundRobin,
                                          EndpointPolicy::kLeastConnections});
        const bool goes_back =
            options.endpoint_policy == EndpointPolicy::kFailover && random.percent(50);
        options.failback_after = goes_back ? random.between(1us, 300ms) : 0ns;
    }
    draw_incidents(random, scenario, before);
}

}  // namespace

std::string host_of(std::size_t endpoint) {
    return "db" + std::to_string(endpoint);
}

Scenario draw_scenario(std::uint64_t seed, std::uint64_t max_steps) {
    // A stream of numbers of its own: the run itself starts from the seed as well.
    SeededRandom random{seed ^ 0x5ce4a210};
    Scenario scenario{
        .seed = seed, .tuning = {}, .faults = {}, .pools = {}, .clients = {}, .incidents = {}};
    auto& tuning = scenario.tuning;
    tuning.preempt_percent = one_of<std::uint32_t>(random, {2, 10, 30, 60, 100});
    tuning.spurious_percent = one_of<std::uint32_t>(random, {0, 0, 5, 30});
    tuning.late_start_percent = one_of<std::uint32_t>(random, {0, 0, 20});
    tuning.longest_delay = random.between(1us, 30ms);
    tuning.max_time = 10min;
    if (max_steps > 0) {
        tuning.max_steps = max_steps;
    }
    scenario.faults = draw_faults(random);
    scenario.greets = random.percent(70);
    scenario.endpoints = random.percent(25) ? 2 : 1;
    scenario.calm_after = random.between(20ms, 600ms);
    scenario.grain = one_of<std::chrono::nanoseconds>(random, {1ns, 1ms, 5ms});
    scenario.has_canceller = random.percent(35);
    scenario.has_drainer = random.percent(15);
    scenario.has_operator = random.percent(30);

    const auto pools = random.between(1, random.percent(30) ? 3 : 1);
    for (std::uint32_t pool = 0; pool < pools; ++pool) {
        scenario.pools.push_back({.options = draw_options(random),
                                  .endpoints = {random.below(scenario.endpoints)},
                                  .needs_reset = random.percent(20),
                                  .waits_for_goodbye = random.percent(30)});
        // What is agreed per endpoint must be the same for those that share it, to be checked.
        auto& options = scenario.pools.back().options;
        options.max_connecting = scenario.pools.front().options.max_connecting;
        options.retry = scenario.pools.front().options.retry;
    }
    const auto clients = random.between(1, 6);
    const bool has_priorities = random.percent(50);
    for (std::uint32_t client = 0; client < clients; ++client) {
        scenario.clients.push_back(
            {.pool = random.below(pools),
             .operations = random.between(1, 8),
             .longest_hold = one_of<std::chrono::nanoseconds>(random, {0ns, 100us, 3ms, 60ms}),
             .longest_pause = one_of<std::chrono::nanoseconds>(random, {0ns, 200us, 80ms}),
             .longest_timeout = one_of<std::chrono::nanoseconds>(random, {8ms, 1500ms}),
             .priority =
                 has_priorities ? static_cast<Priority>(random.below(3)) : Priority::kNormal});
    }
    draw_incidents(random, scenario, 0);
    // Of numbers of its own again: so what seeds mean besides stays.
    SeededRandom later{seed ^ 0x4ea17c4};
    scenario.has_checker = later.percent(30);
    for (auto& pool : scenario.pools) {
        draw_adaptive(later, pool.options);
    }
    if (pools > 1 && random.percent(60)) {
        share_capacity(scenario);
    }
    scenario.has_warmer = random.percent(25);
    scenario.takes_seconds = random.percent(35);
    for (auto& pool : scenario.pools) {
        pool.options.fail_fast = random.percent(20);
    }
    if (random.percent(25)) {
        add_endpoints(random, scenario);
    }
    return scenario;
}

std::chrono::nanoseconds on_grain(const Scenario& scenario, std::chrono::nanoseconds at) noexcept {
    const auto grains = (at.count() + scenario.grain.count() - 1) / scenario.grain.count();
    return scenario.grain * grains;
}

std::string in_words(const Scenario& scenario) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const auto ms = [](std::chrono::nanoseconds span) { return Milliseconds{span}.count(); };
    std::ostringstream text;
    text << "seed " << scenario.seed << ": " << scenario.clients.size() << " clients, calm after "
         << ms(scenario.calm_after) << " ms, preemption " << scenario.tuning.preempt_percent
         << " %, spurious wake-ups " << scenario.tuning.spurious_percent << " %\n";
    const auto& faults = scenario.faults;
    text << "  faults in percent: refuse " << faults.refuse << ", black hole " << faults.black_hole
         << ", slow connect " << faults.slow_connect << ", reset " << faults.reset << ", close "
         << faults.close << ", vanish " << faults.vanish << ", drip " << faults.drip
         << ", extra reply " << faults.extra_reply << ", slow reply " << faults.slow_reply << '\n';
    for (const auto& [options, endpoints, needs_reset, waits_for_goodbye] : scenario.pools) {
        text << "  pool at endpoint";
        for (const auto endpoint : endpoints) {
            text << ' ' << endpoint;
        }
        constexpr const char* kPolicies[] = {"failover", "round_robin", "least_connections"};
        if (endpoints.size() > 1) {
            text << ", " << kPolicies[static_cast<int>(options.endpoint_policy)]
                 << ", failback_after " << ms(options.failback_after);
        }
        text << ": max_size " << options.max_size << ", min_idle " << options.min_idle
             << ", adaptive " << static_cast<int>(options.adaptive.mode) << " from "
             << options.adaptive.min_size << ", bypass_window " << ms(options.bypass_window)
             << ", max_waiters " << options.max_waiters << ", codel " << ms(options.codel.target)
             << '/' << ms(options.codel.interval)
             << (options.reject_hopeless ? ", reject_hopeless" : "")
             << (options.fail_fast ? ", fail_fast" : "") << ", reserve " << options.reserve.high
             << '+' << options.reserve.normal << ", connect_timeout " << ms(options.connect_timeout)
             << ", max_connecting " << options.max_connecting << ", attempts "
             << options.retry.max_attempts << ", max_lifetime " << ms(options.max_lifetime)
             << ", idle_timeout " << ms(options.idle_timeout) << ", keepalive "
             << ms(options.keepalive_interval) << ", reap " << ms(options.reap_interval)
             << ", validate_after_idle " << ms(options.validate_after_idle) << ", validate_timeout "
             << ms(options.validate_timeout) << (needs_reset ? ", always reset" : "") << '\n';
    }
    if (scenario.shares_capacity) {
        text << "  these pools share max_size\n";
    }
    if (scenario.takes_seconds) {
        text << "  clients take a second connection while they have one\n";
    }
    for (const auto& incident : scenario.incidents) {
        constexpr const char* kNames[] = {"crash (reset)", "crash (vanish)", "restart", "failover"};
        text << "  at " << ms(incident.at) << " ms endpoint " << incident.endpoint << ": "
             << kNames[static_cast<int>(incident.kind)] << '\n';
    }
    return text.str();
}

}  // namespace cistern::test
