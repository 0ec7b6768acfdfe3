#include "backend/simulation/virtual_clock.hpp"

#include "backend/simulation/scheduler.hpp"

namespace cistern::simulation {

std::chrono::nanoseconds VirtualClock::now() const noexcept {
    scheduler_.yield_point("clock");
    return scheduler_.now();
}

}  // namespace cistern::simulation
