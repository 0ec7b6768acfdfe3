#pragma once

// The mutexes of the code under test. Everything runs in one thread, so a lock is never contended;
// what matters is that a task can be interrupted around it and never inside. Programs that link
// cistern_simulation have the calls behind std::mutex in their own objects replaced at link time
// (`--wrap`) by the ones in locks.cpp, which tell the running scheduler. So the pool is tested as
// it is, and "is anything called under a lock?" has an exact answer: Scheduler::holds_lock().

namespace cistern::simulation {

// True when this program was linked in that way; unit tests look.
[[nodiscard]] bool locks_are_watched() noexcept;

}  // namespace cistern::simulation
