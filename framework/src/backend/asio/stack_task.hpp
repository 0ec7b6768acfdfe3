#pragma once

#include "backend/asio/living_tasks.hpp"
#include "backend/stack/fiber.hpp"
#include "backend/task/task_id.hpp"

#include <cistern/detail/parker.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace cistern {

// Code in the blocking style on a stack of its own, as a task of an executor: where it would wait
// it goes back to the executor's loop, which goes on with other work.
//
// Who has the task. While it runs, the handler that resumed it; while it waits, whoever takes it
// out of kParked by an exchange of its state: unpark(), which posts the next handler, or the
// timer's handler, which resumes it on the spot. Before it is parked the timer is set, so either
// may come before that; then the state is not kNone any more, and it is resumed at once.
//
// Thread safety:  unpark() may be called by anyone; the rest belongs to the task and its executor.
// Ownership:      LivingTasks holds it until it has ended.
class StackTask final : public Parker, public std::enable_shared_from_this<StackTask> {
public:
    // Runs `work`, which must not throw, soon. Throws std::bad_alloc, and then nothing has begun.
    static void start(const boost::asio::any_io_executor& executor,
                      std::stop_token stop,
                      std::function<void()> work);
    // Null on the stack of a thread.
    [[nodiscard]] static std::shared_ptr<StackTask> current();

    StackTask(boost::asio::any_io_executor executor,
              std::stop_token stop,
              std::function<void()> work);

    // Throws Cancelled when its executor's context is being destroyed.
    bool park_until(Deadline deadline) override;
    void unpark() noexcept override;
    [[nodiscard]] const void* task() const noexcept override { return id_; }
    [[nodiscard]] bool is_cancelled() const noexcept override { return stop_.stop_requested(); }

    // Ends it without its loop, which is no more: whatever it waits for fails.
    void abandon() noexcept;

private:
    using Word = std::uint64_t;
    enum Signal : Word { kNone = 0, kPermit = 1, kParked = 2, kLate = 3 };
    static constexpr Word kSignals = 3;  // the lower bits; above them the number of the wait

    void resume();
    void run_on();
    void finish() noexcept;
    void set_timer();
    void on_time(Word wait);
    void post_resume();
    [[nodiscard]] bool try_park() noexcept;
    // What has come, which is then taken.
    [[nodiscard]] Signal take_signal() noexcept;
    void refuse_if_abandoned() const;

    // -- Constant until it ends -------------------------------------------------------------------
    boost::asio::any_io_executor executor_;
    const std::shared_ptr<LivingTasks> living_;
    const std::stop_token stop_;
    const void* const id_ = next_task_id();
    // -- Whoever has the task ---------------------------------------------------------------------
    std::optional<boost::asio::steady_timer> timer_;
    std::optional<Fiber> fiber_;
    Deadline until_ = Deadline::never();
    bool has_timer_ = false;
    bool is_abandoned_ = false;
    // -- Synchronises itself ----------------------------------------------------------------------
    std::atomic<Word> state_{kNone};
    std::stop_callback<std::function<void()>> on_stop_;  // last: it may be called at once
};

}  // namespace cistern
