#pragma once

#include <cistern/deadline.hpp>

#include <atomic>

namespace cistern::test {

// A clock that stands still until it is told to move. Its epoch is the moment it was made.
//
// Thread safety:  every member may be called by any number of threads at once.
class ManualClock final : public Clock {
public:
    [[nodiscard]] std::chrono::nanoseconds now() const noexcept override {
        return std::chrono::nanoseconds{now_.load()};
    }

    void advance(std::chrono::nanoseconds by) noexcept { now_ += by.count(); }
    // Never goes back; a deadline that never passes leaves the clock where it is.
    void advance_to(Deadline deadline) noexcept {
        if (!deadline.is_never() && !has_passed(deadline)) {
            now_ = deadline.since_clock_epoch().count();
        }
    }

private:
    std::atomic<std::chrono::nanoseconds::rep> now_{0};
};

}  // namespace cistern::test
