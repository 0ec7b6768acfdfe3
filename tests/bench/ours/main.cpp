// cistern_bench [--window=SECONDS] [Google Benchmark's options]

#include "benches.hpp"

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace {

// The C library drops the lock prefix while a process has one thread, which no user's process has.
void stay(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait(lock, stop, [] { return false; });
}

}  // namespace

int main(int argc, char** argv) {
    const std::jthread second_thread{stay};
    cistern::bench::WindowLength length;
    std::vector<char*> others;
    for (char* const argument : std::vector<char*>{argv, argv + argc}) {
        const std::string text{argument};
        const std::string option = "--window=";
        if (text.starts_with(option)) {
            length.measured = std::chrono::duration<double>{std::stod(text.substr(option.size()))};
        } else {
            others.push_back(argument);
        }
    }
    int count = static_cast<int>(others.size());
    others.push_back(nullptr);
    benchmark::Initialize(&count, others.data());
    if (benchmark::ReportUnrecognizedArguments(count, others.data())) {
        return 1;
    }
    cistern::bench::add_cycle_benches();
    cistern::bench::add_threads_benches(length);
    cistern::bench::add_wake_benches();
    cistern::bench::add_spike_benches();
    benchmark::RunSpecifiedBenchmarks();
    // The engines go while everything that they stand on is there.
    benchmark::ClearRegisteredBenchmarks();
    benchmark::Shutdown();
}
