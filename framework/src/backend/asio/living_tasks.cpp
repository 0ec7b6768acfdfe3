#include "backend/asio/living_tasks.hpp"

#include "backend/asio/stack_task.hpp"

#include <utility>

namespace cistern {
namespace {

// How Asio tells of the end of a context.
class Service final : public boost::asio::execution_context::service {
public:
    using key_type = Service;
    inline static boost::asio::execution_context::id id;

    explicit Service(boost::asio::execution_context& context)
        : boost::asio::execution_context::service{context} {}

    [[nodiscard]] const std::shared_ptr<LivingTasks>& tasks() const noexcept { return tasks_; }

private:
    void shutdown() noexcept override { tasks_->close(); }

    const std::shared_ptr<LivingTasks> tasks_ = std::make_shared<LivingTasks>();
};

}  // namespace

std::shared_ptr<LivingTasks> LivingTasks::of(boost::asio::execution_context& context) {
    return boost::asio::use_service<Service>(context).tasks();
}

void LivingTasks::add(std::shared_ptr<StackTask> task) {
    const std::lock_guard lock{mutex_};
    tasks_.insert(std::move(task));
}

std::shared_ptr<StackTask> LivingTasks::remove(StackTask& task) noexcept {
    auto removed = task.shared_from_this();
    const std::lock_guard lock{mutex_};
    tasks_.erase(removed);
    return removed;
}

void LivingTasks::close() noexcept {
    while (true) {
        std::shared_ptr<StackTask> task;
        {
            const std::lock_guard lock{mutex_};
            is_closed_ = true;
            if (tasks_.empty()) {
                return;
            }
            task = *tasks_.begin();
        }
        task->abandon();
    }
}

}  // namespace cistern
