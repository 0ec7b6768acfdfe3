#pragma once

#include <cistern/deadline.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace cistern {

// Threads that run tasks which may wait: as many as there are tasks, up to a limit, beyond which
// tasks queue in the order they came. A thread without work stays for `idle_time` and then ends.
//
// A task that throws ends the program through std::terminate, which prints what was thrown: the
// state machine that counted on the task would be wrong ever after.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      threads own what they work on together; one that hangs may outlive this object.
class WorkerPool {
public:
    WorkerPool(std::size_t max_threads, std::chrono::nanoseconds idle_time);
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    // Waits for nobody, since it may run on one of the pool's own threads: tasks that run go on to
    // their ends, tasks that wait for a thread are dropped.
    ~WorkerPool();

    // Throws std::system_error when there is no thread and none can be started.
    void spawn(std::function<void()> task);
    // As Backend::stop().
    bool stop(Deadline deadline);

    [[nodiscard]] std::size_t threads() const;

    // In a child of fork(): forgets threads and tasks.
    void begin_anew_in_child();

private:
    struct State;
    std::shared_ptr<State> state_;  // constant, save in a child of fork()
};

}  // namespace cistern
