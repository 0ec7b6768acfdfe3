#include "simulation/world.hpp"

#include <algorithm>
#include <utility>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using simulation::Scheduler;

// Longer than every delay, timeout and back-off that a scenario may draw.
constexpr auto kRecovery = 4s;

std::string address(std::size_t endpoint, std::size_t server) {
    return "10.0." + std::to_string(endpoint) + "." + std::to_string(server + 1) + ":7";
}

}  // namespace

World::World(Scenario scenario, std::shared_ptr<simulation::StackPool> stacks)
    : scenario_{std::move(scenario)},
      backend_{std::make_shared<simulation::SimulationBackend>(
          scenario_.seed, scenario_.tuning, scenario_.faults, std::move(stacks))},
      ledger_{*backend_, scenario_} {
    for (std::size_t endpoint = 0; endpoint < scenario_.endpoints; ++endpoint) {
        auto& servers = servers_.emplace_back();
        for (std::size_t server = 0; server < 2; ++server) {
            servers.push_back(&backend_->network().add_server(
                address(endpoint, server), std::make_unique<LineScript>(scenario_.greets)));
        }
        backend_->network().point(host_of(endpoint) + ":7", address(endpoint, 0));
        ledger_.pointed(endpoint, address(endpoint, 0));
    }
}

Outcome World::run() {
    auto& scheduler = backend_->scheduler();
    scheduler.on_step([this] { ledger_.check_step(); });
    scheduler.on_quiet([this] { ledger_.check_quiet(); });
    scheduler.spawn("conductor", [this] { conduct(); });
    Outcome outcome;
    switch (scheduler.run()) {
        case Scheduler::Ending::kDone:
            break;
        case Scheduler::Ending::kStopped:
            outcome.violation = scheduler.reason();
            break;
        case Scheduler::Ending::kStuck:
            outcome.violation = "I4: deadlock: nothing can run and nothing is due";
            break;
        case Scheduler::Ending::kTooLong:
            outcome.violation = "I11: no end in sight: too many steps, or too much time";
            break;
    }
    outcome.has_failed = !outcome.violation.empty();
    outcome.hash = scheduler.trace().hash();
    outcome.steps = scheduler.step();
    if (outcome.has_failed) {
        constexpr std::size_t kLines = 40;
        outcome.trace =
            scheduler.trace().tail(kLines, Scheduler::beginning()) + scheduler.waiting();
    }
    return outcome;
}

void World::make_pools() {
    std::vector<std::shared_ptr<EndpointState>> endpoints(scenario_.endpoints);
    for (auto& endpoint : endpoints) {
        endpoint = std::make_shared<EndpointState>();
    }
    const auto circles = std::make_shared<WaitCircles>();
    std::shared_ptr<SharedCapacity> capacity;
    if (scenario_.shares_capacity) {
        capacity = std::make_shared<SharedCapacity>(scenario_.pools.front().options.max_size);
    }
    for (std::size_t index = 0; index < scenario_.pools.size(); ++index) {
        const auto& plan = scenario_.pools[index];
        LineConnectorOptions options{.endpoint = {host_of(plan.endpoints.front()), "7"},
                                     .greets = scenario_.greets,
                                     .needs_reset = plan.needs_reset,
                                     .waits_for_goodbye = plan.waits_for_goodbye};
        PoolParts parts{.name = "pool" + std::to_string(index),
                        .plugin = "line",
                        .options = plan.options,
                        .connector = std::make_unique<LineConnector>(ledger_, index, options),
                        .config = {},
                        .backend = backend_,
                        .endpoint = endpoints[plan.endpoints.front()],
                        .observer = ledger_.observer(index),
                        .capacity = capacity,
                        .circles = circles};
        for (std::size_t place = 0; place < plan.options.endpoints.size(); ++place) {
            parts.endpoints.push_back(
                {endpoints[plan.endpoints[place]],
                 {{"endpoint", {plan.options.endpoints[place], "scenario"}}}});
        }
        pools_.push_back(make_pool(std::move(parts)));
        ledger_.watch(index, pools_.back());
    }
    for (const auto& pool : pools_) {
        pool->start();
    }
    for (const auto& pool : pools_) {
        typed_.push_back(&detail::typed<LineSession>(*pool));
    }
    for (const auto& plan : scenario_.clients) {
        clients_.emplace_back(
            *backend_, ledger_, scenario_, plan, typed_, [this] { cancel_somebody(); });
    }
}

// -- The course of a run --------------------------------------------------------------------------

void World::conduct() {
    make_pools();
    arrange_incidents();
    if (scenario_.has_canceller) {
        backend_->scheduler().spawn("canceller", [this] { cancel_now_and_then(); });
    }
    if (scenario_.has_drainer) {
        backend_->scheduler().spawn("drainer", [this] { drain_one(); });
    }
    if (scenario_.has_operator) {
        backend_->scheduler().spawn("operator", [this] { operate(); });
    }
    if (scenario_.has_warmer) {
        backend_->scheduler().spawn("warmer", [this] { warm_up_now_and_then(); });
    }
    if (scenario_.has_checker) {
        backend_->scheduler().spawn("checker", [this] { check_now_and_then(); });
    }
    backend_->scheduler().at(Scheduler::beginning() + scenario_.calm_after, [this] {
        backend_->faults().calm();
        is_calm_ = true;
    });
    run_clients(false);
    sleep(std::max<std::chrono::nanoseconds>(
        Scheduler::beginning() + scenario_.calm_after + kRecovery - backend_->scheduler().now(),
        kRecovery));
    if (scenario_.has_warmer) {
        warm_up_calmly();
    }
    run_clients(true);
    if (scenario_.has_checker) {
        check_all_is_well();
    }
    // Every connection that may be idle for too long is, and has been closed with all that takes.
    sleep(kRecovery);
    ledger_.check_aged();
    close_pools();
}

void World::run_clients(bool calmly) {
    client_tasks_.clear();
    for (std::size_t index = 0; index < clients_.size(); ++index) {
        auto& client = clients_[index];
        client_tasks_.push_back(backend_->scheduler().spawn(
            "client " + std::to_string(index),
            [&client, calmly] { calmly ? client.run_calmly() : client.run(); }));
    }
    const auto all_have_ended = [this] {
        return std::all_of(client_tasks_.begin(), client_tasks_.end(), [](const auto& task) {
            return task->has_ended();
        });
    };
    while (!all_have_ended()) {
        sleep(10ms);
    }
}

void World::arrange_incidents() {
    for (const auto& incident : scenario_.incidents) {
        backend_->scheduler().at(Scheduler::beginning() + incident.at,
                                 [this, &incident] { happen(incident); });
    }
}

void World::happen(const Incident& incident) {
    auto& servers = servers_[incident.endpoint];
    backend_->scheduler().note("incident", static_cast<std::uint64_t>(incident.kind));
    switch (incident.kind) {
        case Incident::Kind::kCrashReset:
            return servers[0]->crash(simulation::Crash::kReset);
        case Incident::Kind::kCrashVanish:
            return servers[0]->crash(simulation::Crash::kVanish);
        case Incident::Kind::kRestart:
            return servers[0]->restart();
        case Incident::Kind::kFailover:
            backend_->network().point(host_of(incident.endpoint) + ":7",
                                      address(incident.endpoint, 1));
            return ledger_.pointed(incident.endpoint, address(incident.endpoint, 1));
    }
}

void World::cancel_now_and_then() {
    while (!is_calm_) {
        sleep(backend_->dice().between(1us, 20ms));
        cancel_somebody();
    }
}

void World::cancel_somebody() {
    if (is_calm_ || client_tasks_.empty()) {
        return;
    }
    if (const auto* const waiting = ledger_.one_waiting();
        waiting != nullptr && backend_->dice().percent(60)) {
        if (waiting->stop.stop_possible()) {
            auto stop = waiting->stop;  // the call may end meanwhile
            stop.request_stop();
        } else {
            waiting->task->cancel();
        }
    } else {
        client_tasks_[backend_->dice().below(client_tasks_.size())]->cancel();
    }
}

void World::drain_one() {
    sleep(backend_->dice().between(1ms, scenario_.calm_after));
    const auto index = backend_->dice().below(pools_.size());
    ledger_.drain_began(index);
    static_cast<void>(pools_[index]->drain(backend_->dice().between(0ns, 500ms)));
}

void World::operate() {
    while (!is_calm_) {
        sleep(backend_->dice().between(1us, 60ms));
        change(backend_->dice().below(pools_.size()));
    }
}

void World::warm_up_now_and_then() {
    auto& scheduler = backend_->scheduler();
    while (!is_calm_) {
        sleep(backend_->dice().between(1us, 60ms));
        const auto pool = backend_->dice().below(pools_.size());
        const auto until = scheduler.now() + backend_->dice().between(0ns, 300ms);
        try {
            pools_[pool]->warm_up(until - scheduler.now());
        } catch (const AcquireTimeout&) {
            if (scheduler.now() < until) {
                ledger_.violated("I6: warm_up() times out before its deadline");
            }
        } catch (const Error&) {
            // The pool is drained, or cannot open.
        }
        if (scheduler.now() > until) {
            ledger_.violated("I6: warm_up() ends after its deadline");
        }
    }
}

void World::check_now_and_then() {
    while (!is_calm_) {
        sleep(backend_->dice().between(1us, 60ms));
        auto& pool = *pools_[backend_->dice().below(pools_.size())];
        const auto timeout = backend_->dice().between(0ns, 200ms);
        const auto began = backend_->scheduler().now();
        static_cast<void>(pool.check(timeout));
        if (backend_->scheduler().now() - began > timeout) {
            ledger_.violated("I6: a health check ends after its time");
        }
    }
}

void World::warm_up_calmly() {
    constexpr auto kEnough = 60s;
    for (const auto& pool : pools_) {
        try {
            pool->warm_up(kEnough);
        } catch (const PoolClosed&) {
        } catch (const Error& error) {
            ledger_.violated(std::string{"I11: warm_up() fails though all is well: "} +
                             error.what());
        }
    }
}

void World::check_all_is_well() {
    for (std::size_t index = 0; index < pools_.size(); ++index) {
        const auto health = pools_[index]->check(kRecovery);
        if (health.state == HealthState::kDown && !health.is_closed) {
            ledger_.violated("I11: a health check finds a pool down though all is well: " +
                             health.why);
        }
    }
}

// What an operator may do to a pool that runs. None is left paused.
void World::change(std::size_t index) {
    auto& dice = backend_->dice();
    auto& pool = *pools_[index];
    const auto newest = ledger_.newest_connection();
    switch (dice.below(5)) {
        case 0:
            pool.flush(Flush::kAll);
            return ledger_.flushed(index, newest);
        case 1:
            return pool.flush(Flush::kIdle);
        case 2:
            ledger_.reconnect_begins(index);
            pool.reconnect();
            ledger_.reconnect_ends(index);
            return ledger_.flushed(index, newest);
        case 3: {
            const auto& options = scenario_.pools[index].options;
            const auto& [mode, least, interval, samples] = options.adaptive;
            const bool is_adaptive = mode != AdaptiveMode::kOff;
            const auto max_size =
                dice.between(std::max(1 + options.reserve.high + options.reserve.normal,
                                      is_adaptive ? least : 1),
                             5);
            const auto min_idle = dice.between(0, is_adaptive ? least : max_size);
            ledger_.resize_begins(index, max_size, min_idle);
            pool.resize(max_size, min_idle);
            return ledger_.resize_ends(index, max_size, min_idle);
        }
        default:
            pool.pause();
            sleep(dice.between(1us, 100ms));
            return pool.resume();
    }
}

void World::close_pools() {
    for (std::size_t index = 0; index < pools_.size(); ++index) {
        ledger_.drain_began(index);
        const auto began = backend_->scheduler().now();
        pools_[index]->close(backend_->clock().deadline_after(kRecovery));
        if (backend_->scheduler().now() - began >= kRecovery) {
            ledger_.violated("I14: close() does not end though no lease is out");
        }
    }
    if (!backend_->stop(backend_->clock().deadline_after(kRecovery))) {
        ledger_.violated("I14: the pools are closed, and a task of theirs goes on");
    }
    ledger_.check_end();
    ledger_.unwatch();
    clients_.clear();
    typed_.clear();
    pools_.clear();
}

void World::sleep(std::chrono::nanoseconds span) {
    auto& scheduler = backend_->scheduler();
    scheduler.sleep_until(Clock::deadline_at(scheduler.now() + span));
}

// -- One seed -------------------------------------------------------------------------------------

Outcome run_seed(std::uint64_t seed,
                 std::uint64_t max_steps,
                 const std::shared_ptr<simulation::StackPool>& stacks) {
    // What this thread remembers of pools of earlier seeds is no part of this one.
    detail::lane_thread.hints = {};
    auto world = std::make_unique<World>(draw_scenario(seed, max_steps), stacks);
    auto outcome = world->run();
    if (outcome.has_failed) {
        // Unwinding a pool that broke its promises may hang or crash, and hide what was found.
        static_cast<void>(world.release());
    }
    return outcome;
}

}  // namespace cistern::test
