#pragma once

#include <chrono>

namespace cistern::bench {

// How long the works that count in their own time go on.
struct WindowLength {
    std::chrono::duration<double> lead_in{0.1};
    std::chrono::duration<double> measured{0.3};
};

// Each adds its works to what the program can run.
void add_cycle_benches();
void add_threads_benches(const WindowLength& length);
void add_wake_benches();
void add_spike_benches();

}  // namespace cistern::bench
