#pragma once

#include <cistern/deadline.hpp>

#include <functional>
#include <memory>

namespace cistern {

// Runs short tasks at their times, one after the other: the earliest first, and those of one
// instant in the order they came. Its thread starts with the first of them.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      as WorkerPool.
class TimerThread {
public:
    TimerThread();
    TimerThread(const TimerThread&) = delete;
    TimerThread& operator=(const TimerThread&) = delete;
    // Waits for nobody; tasks not yet due are dropped.
    ~TimerThread();

    // As Backend::call_at(). A task at a time that never comes is dropped at once.
    void call_at(Deadline at, std::function<void()> task);
    // Drops what is not yet due and waits for the task that runs, if any; false when the deadline
    // came first.
    bool stop(Deadline deadline);

    // In a child of fork(): forgets thread and tasks.
    void begin_anew_in_child();

private:
    struct State;
    std::shared_ptr<State> state_;  // constant, save in a child of fork()
};

}  // namespace cistern
