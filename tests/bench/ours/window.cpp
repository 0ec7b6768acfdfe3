#include "window.hpp"

#include <algorithm>
#include <barrier>
#include <ctime>
#include <deque>
#include <thread>

namespace cistern::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::uint64_t> cycles_of(const std::deque<WindowThread>& parts) {
    std::vector<std::uint64_t> cycles;
    for (const auto& part : parts) {
        cycles.push_back(part.cycles());
    }
    return cycles;
}

}  // namespace

WindowResult run_window(int threads,
                        std::chrono::duration<double> lead_in,
                        std::chrono::duration<double> measured,
                        const std::function<void(WindowThread&)>& loop) {
    std::atomic<Phase> phase{Phase::kLeadIn};
    std::deque<WindowThread> parts;
    for (int i = 0; i < threads; ++i) {
        parts.emplace_back(phase);
    }
    std::barrier start{threads + 1};
    std::vector<std::jthread> running;
    for (auto& part : parts) {
        running.emplace_back([&] {
            start.arrive_and_wait();
            loop(part);
        });
    }
    start.arrive_and_wait();
    std::this_thread::sleep_for(lead_in);
    const auto before = cycles_of(parts);
    const auto began = Clock::now();
    phase = Phase::kMeasured;
    std::this_thread::sleep_for(measured);
    const auto after = cycles_of(parts);
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - began;
    phase = Phase::kOver;
    running.clear();

    WindowResult result;
    std::uint64_t total = 0;
    std::uint64_t least = after[0] - before[0];
    std::uint64_t most = least;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto cycles = after[i] - before[i];
        total += cycles;
        least = std::min(least, cycles);
        most = std::max(most, cycles);
        result.waits_us.insert(
            result.waits_us.end(), parts[i].waits_us().begin(), parts[i].waits_us().end());
    }
    std::sort(result.waits_us.begin(), result.waits_us.end());
    result.nanoseconds_per_cycle =
        elapsed.count() / static_cast<double>(std::max<std::uint64_t>(total, 1));
    result.slowest_by_fastest =
        most == 0 ? 0.0 : static_cast<double>(least) / static_cast<double>(most);
    return result;
}

double quantile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) {
        return 0;
    }
    const auto at = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(at, sorted.size() - 1)];
}

void nap(std::chrono::nanoseconds length) {
    constexpr long kSecond = 1'000'000'000;
    const timespec wanted{length.count() / kSecond, length.count() % kSecond};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &wanted, nullptr);
}

}  // namespace cistern::bench
