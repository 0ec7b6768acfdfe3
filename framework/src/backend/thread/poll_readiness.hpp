#pragma once

#include "io/readiness.hpp"

namespace cistern {

// Waits for descriptors by blocking the calling thread.
class PollReadiness final : public Readiness {
public:
    explicit PollReadiness(const Clock& clock) noexcept : clock_{clock} {}

    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    bool wait(std::span<Watch> watches, Deadline deadline) override;

private:
    const Clock& clock_;
};

}  // namespace cistern
