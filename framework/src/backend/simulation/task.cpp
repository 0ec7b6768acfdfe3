#include "backend/simulation/task.hpp"

#include "backend/simulation/scheduler.hpp"

#include <utility>

namespace cistern::simulation {

Task::Task(Scheduler& scheduler,
           std::shared_ptr<StackPool> stacks,
           std::uint32_t number,
           std::string name,
           std::function<void()> work)
    : scheduler_{scheduler},
      number_{number},
      name_{std::move(name)},
      fiber_{std::move(stacks), std::move(work)} {}

bool Task::park_until(Deadline deadline) {
    scheduler_.yield_point("park");
    throw_if_cancelled();
    // The contract allows a permit that was meant for an earlier wait.
    if (has_permit_ || scheduler_.is_woken_for_nothing()) {
        has_permit_ = false;
        return true;
    }
    is_parked_ = true;
    try {
        scheduler_.wait_until(deadline, "park");
    } catch (...) {
        is_parked_ = false;
        throw;
    }
    is_parked_ = false;
    return std::exchange(has_permit_, false);
}

void Task::unpark() noexcept {
    scheduler_.yield_point("unpark", {.kind = Access::Kind::kWrite, .is_locked = true});
    has_permit_ = true;
    if (is_parked_) {
        scheduler_.wake(*this);
    }
}

void Task::cancel() noexcept {
    is_cancelled_ = true;
    if (is_waiting()) {
        scheduler_.wake(*this);
    }
}

void Task::throw_if_cancelled() {
    if (std::exchange(is_cancelled_, false)) {
        scheduler_.note("cancelled", 0);
        throw Cancelled{"task " + name_ + " was cancelled while it waited"};
    }
}

}  // namespace cistern::simulation
