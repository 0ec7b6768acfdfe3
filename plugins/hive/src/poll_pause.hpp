#pragma once

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <algorithm>
#include <chrono>

namespace hive {

// Waits between two questions to a server that answers "not yet" at once. One that keeps the
// question open for a while by itself is asked again without delay.
class PollPause {
public:
    explicit PollPause(cistern::IoContext& io) noexcept : io_{io}, asked_at_{io.clock().now()} {}

    // To be called before each question.
    void ask() noexcept { asked_at_ = io_.clock().now(); }
    // To be called after an answer that was "not yet".
    void wait(cistern::Deadline deadline) {
        constexpr std::chrono::milliseconds kHeldOpen{50};
        constexpr std::chrono::milliseconds kLongest{100};
        if (io_.clock().now() - asked_at_ >= kHeldOpen) {
            return;
        }
        io_.sleep_until(std::min(deadline, io_.clock().deadline_after(pause_)));
        pause_ = std::min<std::chrono::nanoseconds>(pause_ * 2, kLongest);
    }

private:
    cistern::IoContext& io_;
    std::chrono::nanoseconds asked_at_;
    std::chrono::nanoseconds pause_ = std::chrono::milliseconds{2};
};

}  // namespace hive
