#pragma once

#include <cistern/deadline.hpp>
#include <cistern/stream.hpp>

#include <algorithm>
#include <chrono>

namespace hive {

// Keeps questions apart to a server that answers "not yet" at once. One that keeps the question
// open for a while by itself is asked again without delay.
class PollPause {
public:
    explicit PollPause(cistern::IoContext& io) noexcept
        : io_{io}, asked_at_{io.clock().now()}, due_{io.clock().deadline_after({})} {}

    // To be called before each question: waits until it is due, and until `deadline` at most.
    void wait(cistern::Deadline deadline) {
        if (!io_.clock().has_passed(due_)) {
            io_.sleep_until(std::min(deadline, due_));
        }
        asked_at_ = io_.clock().now();
    }
    // To be called after an answer that was "not yet".
    void not_yet() noexcept {
        constexpr std::chrono::milliseconds kHeldOpen{50};
        constexpr std::chrono::milliseconds kLongest{100};
        if (io_.clock().now() - asked_at_ >= kHeldOpen) {
            return;
        }
        due_ = io_.clock().deadline_after(pause_);
        pause_ = std::min<std::chrono::nanoseconds>(pause_ * 2, kLongest);
    }

private:
    cistern::IoContext& io_;
    std::chrono::nanoseconds asked_at_;
    cistern::Deadline due_;
    std::chrono::nanoseconds pause_ = std::chrono::milliseconds{2};
};

}  // namespace hive
