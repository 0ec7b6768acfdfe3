#include "backend/task/task_readiness.hpp"

#include "backend/task/task_kinds.hpp"

namespace cistern {

bool TaskReadiness::wait(std::span<Watch> watches, Deadline deadline) {
    const auto task = parker_of_shared_thread();
    // Whoever has no time left only looks, which blocks nobody.
    if (task == nullptr || clock().has_passed(deadline)) {
        return poll_.wait(watches, deadline);
    }
    return watcher_.wait(watches, deadline, task);
}

}  // namespace cistern
