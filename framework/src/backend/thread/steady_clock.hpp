#pragma once

#include <cistern/deadline.hpp>

#include <chrono>

namespace cistern {

// The machine's monotonic clock; setting the date does not move it.
class SteadyClock final : public Clock {
public:
    [[nodiscard]] std::chrono::nanoseconds now() const noexcept override {
        return std::chrono::steady_clock::now().time_since_epoch();
    }
};

// `deadline` as the standard library waits for it; not for one that never passes.
[[nodiscard]] inline std::chrono::steady_clock::time_point steady_time(Deadline deadline) noexcept {
    return std::chrono::steady_clock::time_point{deadline.since_clock_epoch()};
}

}  // namespace cistern
