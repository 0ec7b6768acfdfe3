#pragma once

#include <cistern/deadline.hpp>
#include <cistern/detail/task_kind.hpp>

#include <functional>
#include <memory>

namespace cistern {

// One thread on which many tasks wait at once. It starts with the first of them.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      as WorkerPool.
class LoopThread {
public:
    explicit LoopThread(detail::TaskKind& kind);
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;
    // Waits for nobody: tasks go on to their ends.
    ~LoopThread();

    // As Backend::spawn().
    void spawn(std::function<void()> task);
    // As Backend::stop().
    bool stop(Deadline deadline);

    // In a child of fork(): forgets thread and tasks.
    void begin_anew_in_child();

private:
    struct State;
    detail::TaskKind& kind_;
    std::shared_ptr<State> state_;  // constant, save in a child of fork()
};

}  // namespace cistern
