#include "backend/simulation/locks.hpp"

#include "backend/simulation/scheduler.hpp"

#include <pthread.h>

#include <mutex>

// The names are the linker's.
extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier)
int __real_pthread_mutex_lock(pthread_mutex_t* mutex);
int __real_pthread_mutex_unlock(pthread_mutex_t* mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex);
// NOLINTEND(bugprone-reserved-identifier)

int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
    if (auto* const scheduler = cistern::simulation::Scheduler::running()) {
        scheduler->before_lock(mutex);
    }
    return __real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex) {
    const int result = __real_pthread_mutex_unlock(mutex);
    if (auto* const scheduler = cistern::simulation::Scheduler::running()) {
        scheduler->after_unlock(mutex);
    }
    return result;
}

}  // extern "C"

namespace cistern::simulation {

bool locks_are_watched() noexcept {
    SeededRandom random{0};
    Scheduler scheduler{random, {}, std::make_shared<StackPool>()};
    bool is_seen = false;
    scheduler.spawn("probe", [&] {
        std::mutex mutex;
        const std::lock_guard lock{mutex};
        is_seen = scheduler.holds_lock();
    });
    return scheduler.run() == Scheduler::Ending::kDone && is_seen;
}

}  // namespace cistern::simulation
