#include "backend/task/task_kinds.hpp"

#include "backend/thread/thread_parker.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace cistern {
namespace {

using Place = std::atomic<detail::TaskKind*>;

// By BackendKind; threads have none. Tasks with an event loop of their own are asked first: a fiber
// may run such a loop, but it never runs on one of its tasks.
constinit std::array<Place, 3> kinds{};
constexpr std::array kAskedInOrder{BackendKind::kAsio, BackendKind::kFiber};

constinit thread_local bool is_kept_to_itself = false;

Place& place_of(BackendKind name) noexcept {
    return kinds[static_cast<std::size_t>(name)];
}

}  // namespace

namespace detail {

void add_task_kind(BackendKind name, TaskKind& kind) noexcept {
    place_of(name).store(&kind, std::memory_order_release);
}

}  // namespace detail

detail::TaskKind* find_task_kind(BackendKind name) noexcept {
    return place_of(name).load(std::memory_order_acquire);
}

std::shared_ptr<Parker> parker_of_shared_thread() {
    if (is_kept_to_itself) {
        return nullptr;
    }
    for (const auto name : kAskedInOrder) {
        if (auto* const kind = find_task_kind(name)) {
            if (auto parker = kind->this_task()) {
                return parker;
            }
        }
    }
    return nullptr;
}

std::shared_ptr<Parker> parker_of_this_task() {
    auto parker = parker_of_shared_thread();
    return parker != nullptr ? parker : parker_of_this_thread();
}

void keep_thread_to_itself() noexcept {
    is_kept_to_itself = true;
}

}  // namespace cistern
