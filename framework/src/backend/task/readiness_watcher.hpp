#pragma once

#include "io/readiness.hpp"

#include <cistern/detail/parker.hpp>

#include <memory>
#include <span>

namespace cistern {

// Wakes parked tasks when their descriptors are ready: one thread and one epoll descriptor for all
// of them. The thread starts with the first wait.
//
// Thread safety:  every member may be called by any number of tasks at once.
// Ownership:      as WorkerPool.
class ReadinessWatcher {
public:
    ReadinessWatcher();
    ReadinessWatcher(const ReadinessWatcher&) = delete;
    ReadinessWatcher& operator=(const ReadinessWatcher&) = delete;
    // Waits for nobody.
    ~ReadinessWatcher();

    // As Readiness::wait(), for the task that waits by `task`. Throws Cancelled when somebody asks
    // the task to stop.
    // REQUIRES: no other task waits for one of these descriptors
    bool wait(std::span<Watch> watches, Deadline deadline, const std::shared_ptr<Parker>& task);

    // Ends the thread, unless somebody waits; false when the deadline came first. The next wait
    // starts it anew.
    bool stop(Deadline deadline);

    // In a child of fork(): forgets thread and waits.
    void begin_anew_in_child();

private:
    struct State;
    class Registration;
    std::shared_ptr<State> state_;  // constant, save in a child of fork()
};

}  // namespace cistern
