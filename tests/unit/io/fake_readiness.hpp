#pragma once

#include "io/readiness.hpp"
#include "support/manual_clock.hpp"

#include <poll.h>

#include <functional>

namespace cistern::test {

// Looks at real descriptors but never waits: a wait that finds nothing ready lets the other side
// act once, and if that does not help, moves the clock to the deadline.
class FakeReadiness final : public Readiness {
public:
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    [[nodiscard]] ManualClock& manual_clock() noexcept { return clock_; }

    bool wait(std::span<Watch> watches, Deadline deadline) override {
        ++waits;
        if (look(watches)) {
            return true;
        }
        if (!clock_.has_passed(deadline) && while_waiting) {
            while_waiting();
        }
        if (look(watches)) {
            return true;
        }
        clock_.advance_to(deadline);
        return false;
    }

    // What the other side does during each wait.
    std::function<void()> while_waiting;
    int waits = 0;

private:
    static bool look(std::span<Watch> watches) {
        bool is_any_ready = false;
        for (auto& watch : watches) {
            const auto events =
                (watch.for_reading ? POLLIN : 0) | (watch.for_writing ? POLLOUT : 0);
            pollfd polled{watch.descriptor, static_cast<short>(events), 0};
            const bool is_ready = ::poll(&polled, 1, 0) > 0;
            watch.is_readable = is_ready && watch.for_reading;
            watch.is_writable = is_ready && watch.for_writing;
            is_any_ready |= is_ready;
        }
        return is_any_ready;
    }

    ManualClock clock_;
};

}  // namespace cistern::test
