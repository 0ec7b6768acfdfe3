#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace cistern::bench {

// How some threads fared during the same stretch of time.
struct WindowResult {
    double nanoseconds_per_cycle = 0;  // the stretch by the cycles of all threads
    double slowest_by_fastest = 0;  // cycles of the thread that got least by the one that got most
    std::vector<double> waits_us;   // sorted; empty when nobody noted any
};

enum class Phase { kLeadIn, kMeasured, kOver };

// A thread's own part of a window.
class alignas(128) WindowThread {
public:
    explicit WindowThread(const std::atomic<Phase>& phase) noexcept : phase_{phase} {}

    [[nodiscard]] bool goes_on() const noexcept {
        return phase_.load(std::memory_order_relaxed) != Phase::kOver;
    }
    void count(std::uint64_t cycles) noexcept {
        cycles_.store(cycles_.load(std::memory_order_relaxed) + cycles, std::memory_order_relaxed);
    }
    void note_wait(std::chrono::duration<double, std::micro> wait) {
        if (phase_.load(std::memory_order_relaxed) == Phase::kMeasured) {
            waits_us_.push_back(wait.count());
        }
    }
    [[nodiscard]] std::uint64_t cycles() const noexcept {
        return cycles_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] const std::vector<double>& waits_us() const noexcept { return waits_us_; }

private:
    const std::atomic<Phase>& phase_;
    std::atomic<std::uint64_t> cycles_{0};
    std::vector<double> waits_us_;
};

// Runs `loop` in `threads` threads from one start line on until time is up. What happens before the
// lead-in is over is not counted.
[[nodiscard]] WindowResult run_window(int threads,
                                      std::chrono::duration<double> lead_in,
                                      std::chrono::duration<double> measured,
                                      const std::function<void(WindowThread&)>& loop);

// The value below which `share` of the sorted ones lie; zero when there are none.
[[nodiscard]] double quantile(const std::vector<double>& sorted, double share);

// Sleeps while holding, as a short query would. The driver takes away the slack that sleeping has.
void nap(std::chrono::nanoseconds length);

}  // namespace cistern::bench
