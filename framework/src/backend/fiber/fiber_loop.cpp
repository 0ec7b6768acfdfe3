#include "backend/fiber/fiber_loop.hpp"

#include "backend/fiber/fiber_parker.hpp"
#include "backend/task/task_id.hpp"

#include <boost/fiber/fiber.hpp>
#include <boost/fiber/protected_fixedsize_stack.hpp>

#include <memory>
#include <new>
#include <utility>

namespace cistern {
namespace {

// Connectors expect what a thread has, within reason; memory follows what is used.
constexpr std::size_t kStackSize = 512 * 1024;

}  // namespace

void FiberLoop::run() {
    const auto self = std::make_shared<FiberParker>(next_task_id());
    while (true) {
        Tasks tasks;
        {
            const std::lock_guard lock{mutex_};
            runner_ = self;
            tasks.swap(posted_);
            if (tasks.empty() && is_ending_ && running_ == 0) {
                return;
            }
        }
        if (tasks.empty()) {
            self->park_until(Deadline::never());
        }
        for (auto& task : tasks) {
            start(std::move(task));
        }
    }
}

void FiberLoop::start(std::function<void()> task) {
    auto work = [this, run = std::make_shared<std::function<void()>>(std::move(task))] {
        (*run)();
        *run = nullptr;
        if (--running_ == 0) {
            const std::lock_guard lock{mutex_};
            runner_->unpark();
        }
    };
    ++running_;
    try {
        boost::fibers::fiber{boost::fibers::launch::post,
                             std::allocator_arg,
                             boost::fibers::protected_fixedsize_stack{kStackSize},
                             work}
            .detach();
    } catch (const std::bad_alloc&) {
        // No stack is to be had: it keeps new ones waiting, and none of those that run.
        work();
    }
}

void FiberLoop::post(std::function<void()> task) {
    const std::lock_guard lock{mutex_};
    posted_.push_back(std::move(task));
    if (runner_ != nullptr) {
        runner_->unpark();
    }
}

void FiberLoop::end() noexcept {
    const std::lock_guard lock{mutex_};
    is_ending_ = true;
    if (runner_ != nullptr) {
        runner_->unpark();
    }
}

}  // namespace cistern
