#pragma once

#include "backend/backend.hpp"
#include "io/resolver.hpp"

#include <cistern/detail/task_kind.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace cistern {

struct ThreadBackendOptions {
    std::size_t max_threads = 64;  // tasks beyond that wait for one of these to end
    std::chrono::nanoseconds idle_time = std::chrono::seconds{10};  // of a thread without work
    ResolverOptions resolver{};
};

// The backend whose tasks are threads. A task or timer that throws ends the program
// (std::terminate). stop() must not be called by one of its own tasks, which would wait for itself.
[[nodiscard]] std::shared_ptr<Backend> make_thread_backend(ThreadBackendOptions options = {});

// The same with tasks of another kind, all on one thread; those that block it run on threads.
// REQUIRES: `name` and `tasks` stay for ever
[[nodiscard]] std::shared_ptr<Backend> make_loop_backend(std::string_view name,
                                                         detail::TaskKind& tasks,
                                                         ThreadBackendOptions options = {});

}  // namespace cistern
