#pragma once

#include "backend/backend.hpp"
#include "backend/simulation/fault_plan.hpp"
#include "backend/simulation/scheduler.hpp"
#include "backend/simulation/simulated_network.hpp"
#include "backend/simulation/virtual_clock.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cistern::simulation {

// A whole world drawn from one seed: tasks, time, chance and a network that fails as planned. The
// pool and any connector over IoContext run on it unchanged; what happens is a function of the
// seed, so a run that went wrong can be had again.
//
//     SimulationBackend world{seed};
//     world.network().add_server("db:1", std::make_unique<MyScript>());
//     world.scheduler().spawn("client", [&] { ... });
//     const auto ending = world.scheduler().run();
//
// Thread safety:  none; one thread makes it, runs it and destroys it.
// Ownership:      outlives the pools that run on it.
// Waiting:        whatever waits does so in a task, in virtual time.
class SimulationBackend final : public Backend {
public:
    // `stacks`: to be shared with the runs before and after; none: its own.
    explicit SimulationBackend(std::uint64_t seed,
                               Tuning tuning = {},
                               FaultRates faults = {},
                               std::shared_ptr<StackPool> stacks = nullptr);

    [[nodiscard]] Scheduler& scheduler() noexcept { return scheduler_; }
    [[nodiscard]] SimulatedNetwork& network() noexcept { return network_; }
    [[nodiscard]] FaultPlan& faults() noexcept { return faults_; }
    [[nodiscard]] SeededRandom& dice() noexcept { return random_; }

    // -- Backend ----------------------------------------------------------------------------------
    [[nodiscard]] std::string_view name() const noexcept override { return "simulation"; }
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    [[nodiscard]] IoContext& io() noexcept override { return network_; }
    // REQUIRES: called by a task
    [[nodiscard]] std::shared_ptr<Parker> this_task() override;
    void spawn(std::function<void()> task) override;
    void call_at(Deadline at, std::function<void()> task) override;
    [[nodiscard]] double random() noexcept override { return random_.fraction(); }
    bool stop(Deadline deadline) override;

private:
    void start(const char* name, bool may_be_late, std::function<void()> task);

    SeededRandom random_;
    Scheduler scheduler_;
    VirtualClock clock_{scheduler_};
    FaultPlan faults_;
    SimulatedNetwork network_{scheduler_, clock_, faults_};
    std::size_t unfinished_ = 0;  // of the tasks spawned through Backend
    bool is_stopped_ = false;
    std::weak_ptr<Task> stopper_;
};

}  // namespace cistern::simulation
