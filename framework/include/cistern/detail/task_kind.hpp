#pragma once

// What a library with another way to wait (cistern::fiber, cistern::asio) offers to libcistern,
// which knows neither Boost.Fiber nor Asio. Applications do not use it directly.

#include <cistern/detail/parker.hpp>
#include <cistern/export.hpp>
#include <cistern/pool_options.hpp>

#include <functional>
#include <memory>

namespace cistern::detail {

// Runs tasks on one thread, that of whoever calls run(). While one of them waits others go on.
class TaskLoop {
public:
    TaskLoop() = default;
    TaskLoop(const TaskLoop&) = delete;
    TaskLoop& operator=(const TaskLoop&) = delete;
    virtual ~TaskLoop() = default;

    // Returns once end() was called and every task has ended.
    virtual void run() = 0;
    // Called by anyone, also before run(). The task must not throw.
    virtual void post(std::function<void()> task) = 0;
    virtual void end() noexcept = 0;
};

// Tasks that share a thread with others.
//
// Thread safety:  every member may be called by any number of tasks at once.
class TaskKind {
public:
    TaskKind() = default;
    TaskKind(const TaskKind&) = delete;
    TaskKind& operator=(const TaskKind&) = delete;
    virtual ~TaskKind() = default;

    // How the calling task waits; null when it is none of this kind.
    [[nodiscard]] virtual std::shared_ptr<Parker> this_task() = 0;
    [[nodiscard]] virtual std::unique_ptr<TaskLoop> make_loop() = 0;
};

// Lets pools know `kind` from now on, under the name of a backend. It stays for ever.
CISTERN_API void add_task_kind(BackendKind name, TaskKind& kind) noexcept;

}  // namespace cistern::detail
