#pragma once

#include <cistern/detail/parker.hpp>

#include <boost/fiber/condition_variable.hpp>

#include <mutex>

namespace cistern {

// A Parker that suspends the fiber that made it. Nobody is suspended while giving a permit, which
// happens under locks of the pool: what is locked here is a mutex of threads, for a moment.
class FiberParker final : public Parker {
public:
    // `fiber` is next_task_id() of the calling fiber.
    explicit FiberParker(const void* fiber) noexcept : fiber_{fiber} {}

    bool park_until(Deadline deadline) override;
    void unpark() noexcept override;
    [[nodiscard]] const void* task() const noexcept override { return fiber_; }

private:
    const void* const fiber_;
    std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    boost::fibers::condition_variable_any changed_;
    bool has_permit_ = false;
};

}  // namespace cistern
