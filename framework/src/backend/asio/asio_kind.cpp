#include "backend/asio/stack_task.hpp"

#include <cistern/asio.hpp>
#include <cistern/detail/task_kind.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <utility>

namespace cistern {
namespace {

namespace asio = boost::asio;

class AsioLoop final : public detail::TaskLoop {
public:
    void run() override { context_.run(); }
    void post(std::function<void()> task) override {
        StackTask::start(context_.get_executor(), {}, std::move(task));
    }
    // Each task that has not ended keeps it running.
    void end() noexcept override { work_.reset(); }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
};

class AsioKind final : public detail::TaskKind {
public:
    [[nodiscard]] std::shared_ptr<Parker> this_task() override { return StackTask::current(); }
    [[nodiscard]] std::unique_ptr<detail::TaskLoop> make_loop() override {
        return std::make_unique<AsioLoop>();
    }
};

}  // namespace

bool detail::know_asio_tasks() noexcept {
    static AsioKind& kind = *new AsioKind;
    add_task_kind(BackendKind::kAsio, kind);
    return true;
}

void detail::start_asio_task(const asio::any_io_executor& executor,
                             std::stop_token stop,
                             std::function<void()> work) {
    StackTask::start(executor, std::move(stop), std::move(work));
}

}  // namespace cistern
