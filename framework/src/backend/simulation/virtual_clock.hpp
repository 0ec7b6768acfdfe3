#pragma once

#include <cistern/deadline.hpp>

#include <chrono>

namespace cistern::simulation {

class Scheduler;

// The clock of a run. Reading it is a point at which another task may be let on.
//
// Thread safety:  that of its scheduler.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(Scheduler& scheduler) noexcept : scheduler_{scheduler} {}
    [[nodiscard]] std::chrono::nanoseconds now() const noexcept override;

private:
    Scheduler& scheduler_;
};

}  // namespace cistern::simulation
