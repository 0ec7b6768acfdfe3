#include "backend/thread/thread_backend.hpp"

#include "backend/task/loop_thread.hpp"
#include "backend/task/task_kinds.hpp"
#include "backend/task/task_readiness.hpp"
#include "backend/thread/fork_registration.hpp"
#include "backend/thread/hang_up_watcher.hpp"
#include "backend/thread/steady_clock.hpp"
#include "backend/thread/timer_thread.hpp"
#include "backend/thread/worker_pool.hpp"
#include "io/socket_io.hpp"
#include "io/socket_stream.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>

namespace cistern {
namespace {

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

// SplitMix64: a counter whose values are scrambled, so that threads share it without a lock.
class SharedRandom {
public:
    [[nodiscard]] double next() noexcept {
        auto bits = counter_.fetch_add(kStep, std::memory_order_relaxed) + kStep;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
        bits ^= bits >> 31;
        constexpr auto kMantissaBits = 53;
        return static_cast<double>(bits >> (64 - kMantissaBits)) * 0x1p-53;
    }

    // For a child of fork(): what parent and children do by chance is not to be the same.
    void begin_anew() noexcept { counter_.store(random_seed(), std::memory_order_relaxed); }

private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;
    std::atomic<std::uint64_t> counter_{random_seed()};
};

// What differs between the backends on this machine is where tasks run. How a caller waits is its
// own affair, whatever backend its pool has.
class ThreadBackend final : public Backend, private ForkListener {
public:
    explicit ThreadBackend(ThreadBackendOptions options)
        : io_{readiness_, std::move(options.resolver), [this] { return random_.next(); }},
          workers_{options.max_threads, options.idle_time} {}
    ThreadBackend(std::string_view name, detail::TaskKind& tasks, ThreadBackendOptions options)
        : ThreadBackend{std::move(options)} {
        name_ = name;
        loop_.emplace(tasks);
    }

    [[nodiscard]] std::string_view name() const noexcept override { return name_; }
    [[nodiscard]] const Clock& clock() const noexcept override { return clock_; }
    [[nodiscard]] IoContext& io() noexcept override { return io_; }
    [[nodiscard]] std::shared_ptr<Parker> this_task() override { return parker_of_this_task(); }
    void spawn(std::function<void()> task) override {
        if (loop_) {
            loop_->spawn(std::move(task));
        } else {
            workers_.spawn(std::move(task));
        }
    }
    void spawn_blocking(std::function<void()> task) override { workers_.spawn(std::move(task)); }
    void call_at(Deadline at, std::function<void()> task) override {
        timer_.call_at(at, std::move(task));
    }
    [[nodiscard]] double random() noexcept override { return random_.next(); }
    [[nodiscard]] std::unique_ptr<HangUpWatch> watch_hang_up(
        Stream& stream, std::weak_ptr<HangUpListener> listener) noexcept override {
        const auto* const socket = dynamic_cast<const SocketStream*>(&stream);
        return socket == nullptr ? nullptr
                                 : watcher_.watch(socket->descriptor(), std::move(listener));
    }

    [[nodiscard]] std::unique_ptr<ForkWatch> watch_forks(ForkListener& listener) override {
        return std::make_unique<ForkRegistration>(listener);
    }

    bool stop(Deadline deadline) override {
        // What spawns tasks goes first; tasks lose nothing by its absence.
        const bool watcher_has_stopped = watcher_.stop(deadline);
        const bool timer_has_stopped = timer_.stop(deadline);
        const bool loop_has_stopped = !loop_ || loop_->stop(deadline);
        const bool workers_have_stopped = workers_.stop(deadline);
        // Last, since tasks wait by it; whoever still has a lease may start it again.
        const bool readiness_has_stopped = readiness_.watcher().stop(deadline);
        return watcher_has_stopped && timer_has_stopped && loop_has_stopped &&
               workers_have_stopped && readiness_has_stopped;
    }

private:
    void before_fork(Stage /*stage*/) noexcept override {}
    void after_fork_in_parent() noexcept override {}
    void after_fork_in_child() noexcept override {
        random_.begin_anew();
        workers_.begin_anew_in_child();
        if (loop_) {
            loop_->begin_anew_in_child();
        }
        readiness_.watcher().begin_anew_in_child();
        timer_.begin_anew_in_child();
        watcher_.begin_anew_in_child();
    }

    std::string_view name_ = "thread";
    SteadyClock clock_;
    TaskReadiness readiness_{clock_};
    SocketIo io_;
    SharedRandom random_;
    WorkerPool workers_;
    std::optional<LoopThread> loop_;  // none: tasks are threads
    TimerThread timer_;
    HangUpWatcher watcher_;
    const ForkRegistration registration_{*this};  // last: it is told of all of the above
};

}  // namespace

std::shared_ptr<Backend> make_thread_backend(ThreadBackendOptions options) {
    return std::make_shared<ThreadBackend>(std::move(options));
}

std::shared_ptr<Backend> make_loop_backend(std::string_view name,
                                           detail::TaskKind& tasks,
                                           ThreadBackendOptions options) {
    return std::make_shared<ThreadBackend>(name, tasks, std::move(options));
}

}  // namespace cistern
