#include "backend/simulation/simulation_backend.hpp"

#include <utility>

namespace cistern::simulation {

SimulationBackend::SimulationBackend(std::uint64_t seed,
                                     Tuning tuning,
                                     FaultRates faults,
                                     std::shared_ptr<StackPool> stacks)
    : random_{seed},
      scheduler_{random_, tuning, stacks ? std::move(stacks) : std::make_shared<StackPool>()},
      faults_{random_, faults} {}

std::shared_ptr<Parker> SimulationBackend::this_task() {
    return scheduler_.current()->shared_from_this();
}

void SimulationBackend::spawn(std::function<void()> task) {
    if (!is_stopped_) {
        start("pool task", true, std::move(task));
        scheduler_.yield_point("spawn");
    }
}

// A timer's task is one like any other: it too may be interrupted by whatever else is ready.
void SimulationBackend::call_at(Deadline at, std::function<void()> task) {
    if (is_stopped_ || at.is_never()) {
        return;
    }
    scheduler_.at(at.since_clock_epoch(), [this, task = std::move(task)]() mutable {
        if (!is_stopped_) {
            start("timer", false, std::move(task));
        }
    });
    scheduler_.yield_point("call at");
}

void SimulationBackend::start(const char* name, bool may_be_late, std::function<void()> task) {
    struct Count {
        SimulationBackend& backend;

        explicit Count(SimulationBackend& counting) : backend{counting} {}
        Count(const Count&) = delete;
        Count& operator=(const Count&) = delete;
        ~Count() {
            const auto stopper = backend.stopper_.lock();
            if (--backend.unfinished_ == 0 && stopper != nullptr) {
                backend.scheduler_.wake(*stopper);
            }
        }
    };
    const auto& tuning = scheduler_.tuning();
    const bool is_late = may_be_late && random_.percent(tuning.late_start_percent);
    const auto begins =
        scheduler_.now() +
        (is_late ? random_.between(Timeout{1}, tuning.longest_delay) : Timeout::zero());
    ++unfinished_;
    scheduler_.spawn(name, [this, begins, task = std::move(task)]() mutable {
        const Count count{*this};
        scheduler_.sleep_until(Clock::deadline_at(begins));
        task();
        task = nullptr;
    });
}

bool SimulationBackend::stop(Deadline deadline) {
    is_stopped_ = true;
    if (scheduler_.current() != nullptr) {
        stopper_ = scheduler_.current()->weak_from_this();
        while (unfinished_ > 0 && scheduler_.wait_until(deadline, "stop")) {
            // Woken for something else.
        }
    }
    return unfinished_ == 0;
}

}  // namespace cistern::simulation
