#include "workers.hpp"

#include "console/duration_text.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hive_query {
namespace {

// What several workers do together.
class Shift {
public:
    Shift(cistern::Pool<hive::Session>& pool,
          Runner& runner,
          const Interrupts& interrupts,
          const Script& script,
          const Options& options)
        : pool_{pool},
          runner_{runner},
          interrupts_{interrupts},
          script_{script},
          is_forced_{options.force},
          runs_wanted_{options.repeat.value_or(options.workers)} {}

    // One worker's part: runs until enough have been started or one has failed.
    void work() {
        try {
            while (!stopped_ && next_.fetch_add(1) < runs_wanted_) {
                auto lease = pool_.acquire();
                const RunResult result = runner_.run(*lease, script_);
                if (result.lost_connection) {
                    lease.discard();
                }
                add(result);
            }
        } catch (...) {
            const std::lock_guard lock{mutex_};
            failure_ = failure_ ? failure_ : std::current_exception();
            stopped_ = true;
        }
    }

    [[nodiscard]] const RunResult& total() const noexcept { return total_; }
    [[nodiscard]] std::uint64_t runs() const noexcept { return runs_; }
    [[nodiscard]] const std::exception_ptr& failure() const noexcept { return failure_; }

private:
    void add(const RunResult& result) {
        const std::lock_guard lock{mutex_};
        ++runs_;
        total_.status = std::max(total_.status, result.status);
        total_.statements += result.statements;
        total_.rows += result.rows;
        total_.output_closed = total_.output_closed || result.output_closed;
        const bool has_failed = result.status != kSuccess && !is_forced_;
        if (has_failed || result.output_closed || interrupts_.requested()) {
            stopped_ = true;
        }
    }

    cistern::Pool<hive::Session>& pool_;
    Runner& runner_;
    const Interrupts& interrupts_;
    const Script& script_;
    const bool is_forced_;
    const std::uint32_t runs_wanted_;
    std::atomic<std::uint32_t> next_{0};
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::uint64_t runs_ = 0;  // guarded by mutex_, as are those below
    RunResult total_;
    std::exception_ptr failure_;
};

[[nodiscard]] std::string summary_of(const Shift& shift,
                                     std::uint32_t workers,
                                     std::chrono::nanoseconds elapsed) {
    const double seconds = std::max(1e-9, std::chrono::duration<double>{elapsed}.count());
    const auto per_second = static_cast<double>(shift.total().statements) / seconds;
    using console::counted;
    return counted(workers, "worker") + ": " + counted(shift.runs(), "run") + ", " +
           counted(shift.total().statements, "statement") + ", " +
           counted(shift.total().rows, "row") + " in " + console::duration_text(elapsed) + " (" +
           console::count_text(static_cast<unsigned long long>(per_second)) +
           " statements per second)";
}

}  // namespace

PoolRun run_on_pool(cistern::Pool<hive::Session>& pool,
                    const Script& script,
                    const Options& options,
                    Messages& messages,
                    Interrupts& interrupts,
                    Output& output,
                    const Now& now) {
    const bool is_alone = options.workers == 1;
    Runner runner{options, messages, interrupts, is_alone ? &output : nullptr, now};
    Shift shift{pool, runner, interrupts, script, options};
    const auto begun = now();
    if (is_alone) {
        shift.work();
    } else {
        std::vector<std::jthread> workers;
        for (std::uint32_t i = 0; i < options.workers; ++i) {
            workers.emplace_back([&shift] { shift.work(); });
        }
    }
    if (!is_alone && !shift.failure()) {
        messages.note(summary_of(shift, options.workers, now() - begun));
    }
    return {shift.total().status, shift.total().output_closed, shift.failure()};
}

}  // namespace hive_query
