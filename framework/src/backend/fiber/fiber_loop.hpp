#pragma once

#include <cistern/detail/task_kind.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace cistern {

// Runs tasks as fibers.
class FiberLoop final : public detail::TaskLoop {
public:
    void run() override;
    void post(std::function<void()> task) override;
    void end() noexcept override;

private:
    using Tasks = std::vector<std::function<void()>>;

    void start(std::function<void()> task);

    std::mutex mutex_;
    // -- Guarded by mutex_ ------------------------------------------------------------------------
    Tasks posted_;
    std::shared_ptr<Parker> runner_;  // of run(), while it runs
    bool is_ending_ = false;
    // -- run()'s and its fibers', which all are in one thread
    // --------------------------------------
    std::size_t running_ = 0;
};

}  // namespace cistern
