#pragma once

#include "backend/task/readiness_watcher.hpp"
#include "backend/thread/poll_readiness.hpp"
#include "io/readiness.hpp"

namespace cistern {

// Waits for descriptors the way the calling task waits: a thread of its own is blocked; a task that
// shares its thread is parked, and a thread of ReadinessWatcher's looks meanwhile.
class TaskReadiness final : public Readiness {
public:
    explicit TaskReadiness(const Clock& clock) noexcept : poll_{clock} {}

    [[nodiscard]] const Clock& clock() const noexcept override { return poll_.clock(); }
    bool wait(std::span<Watch> watches, Deadline deadline) override;

    [[nodiscard]] ReadinessWatcher& watcher() noexcept { return watcher_; }

private:
    PollReadiness poll_;
    ReadinessWatcher watcher_;
};

}  // namespace cistern
