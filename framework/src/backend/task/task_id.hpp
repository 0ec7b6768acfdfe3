#pragma once

#include <atomic>
#include <cstdint>

namespace cistern {

// Tells one task from all others, also from those that have ended: a lease may outlive the task
// that took it. Odd, so that it is nobody's address.
[[nodiscard]] inline void* next_task_id() noexcept {
    static std::atomic<std::uintptr_t> last{1};
    return reinterpret_cast<void*>(last.fetch_add(2, std::memory_order_relaxed) + 2);
}

}  // namespace cistern
