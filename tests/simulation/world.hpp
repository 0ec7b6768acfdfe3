#pragma once

#include "backend/simulation/stack_pool.hpp"
#include "simulation/client.hpp"
#include "simulation/ledger.hpp"
#include "simulation/scenario.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cistern::test {

// How the run of one seed went.
struct Outcome {
    bool has_failed = false;
    std::string violation;  // the invariant, or how the run got stuck
    std::string trace;      // its last steps, and who waits where
    std::uint64_t hash = 0;
    std::uint64_t steps = 0;
};

// The run of one scenario: servers, pools, clients, and one task that conducts them through three
// parts: everything may fail; nothing fails any more and everything recovers; everything ends.
class World {
public:
    World(Scenario scenario, std::shared_ptr<simulation::StackPool> stacks);

    [[nodiscard]] Outcome run();

private:
    void make_pools();
    void conduct();
    void run_clients(bool calmly);
    void arrange_incidents();
    void happen(const Incident& incident);
    void cancel_now_and_then();
    void cancel_somebody();
    void drain_one();
    void operate();
    void warm_up_now_and_then();
    void warm_up_calmly();
    void check_now_and_then();
    void check_all_is_well();
    void change(std::size_t pool);
    void close_pools();
    void sleep(std::chrono::nanoseconds span);

    const Scenario scenario_;
    std::shared_ptr<simulation::SimulationBackend> backend_;
    Ledger ledger_;
    std::vector<std::vector<simulation::SimulatedServer*>> servers_;  // of each endpoint
    std::vector<std::shared_ptr<PoolImpl>> pools_;
    std::vector<Pool<LineSession>*> typed_;
    std::vector<Client> clients_;
    std::vector<std::shared_ptr<simulation::Task>> client_tasks_;
    bool is_calm_ = false;
};

// Runs `seed`. What a failed run leaves behind may be in any state; it is not touched again.
[[nodiscard]] Outcome run_seed(std::uint64_t seed,
                               std::uint64_t max_steps,
                               const std::shared_ptr<simulation::StackPool>& stacks);

}  // namespace cistern::test
