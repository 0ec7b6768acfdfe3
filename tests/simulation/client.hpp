#pragma once

#include "simulation/ledger.hpp"
#include "simulation/line_protocol.hpp"

#include <cistern/pool.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <utility>
#include <vector>

namespace cistern::test {

// A user of one pool: acquires, uses, returns, and does all that users do when something fails, or
// when they do not feel like going on.
class Client {
public:
    Client(simulation::SimulationBackend& world,
           Ledger& ledger,
           const Scenario& scenario,
           const ClientPlan& plan,
           const std::vector<Pool<LineSession>*>& pools,
           std::function<void()> cancel_somebody)
        : world_{world},
          ledger_{ledger},
          scenario_{scenario},
          plan_{plan},
          pools_{pools},
          pool_{*pools[plan.pool]},
          cancel_somebody_{std::move(cancel_somebody)} {}

    // Operations of every kind, with whatever comes of them.
    void run();
    // The faults have stopped some time ago: now everything has to succeed.
    void run_calmly();

private:
    void one_operation();
    void acquire_and_use(std::size_t pool, Timeout timeout, bool must_succeed, int held = 0);
    void take_another(int held);
    void refused(std::list<Ledger::Acquire>::iterator call, const Error& error, bool must_succeed);
    [[nodiscard]] Lease<LineSession> acquire(Timeout timeout, Ledger::Acquire& call);
    void try_acquire_and_use();
    void call_with_retry();
    // `held`: connections that this client has besides.
    void use(LineSession& session, bool may_misbehave, int held = 0);
    void ask(LineSession& session);
    void end(Lease<LineSession>& lease);
    void pause(std::chrono::nanoseconds longest);
    [[nodiscard]] Timeout draw_timeout();
    [[nodiscard]] std::chrono::nanoseconds now() { return world_.scheduler().now(); }

    simulation::SimulationBackend& world_;
    Ledger& ledger_;
    const Scenario& scenario_;
    const ClientPlan& plan_;
    const std::vector<Pool<LineSession>*>& pools_;
    Pool<LineSession>& pool_;
    const std::function<void()> cancel_somebody_;
};

}  // namespace cistern::test
