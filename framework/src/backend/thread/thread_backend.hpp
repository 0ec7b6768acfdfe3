#pragma once

#include "backend/backend.hpp"
#include "io/resolver.hpp"

#include <chrono>
#include <cstddef>
#include <memory>

namespace cistern {

struct ThreadBackendOptions {
    std::size_t max_threads = 64;  // tasks beyond that wait for one of these to end
    std::chrono::nanoseconds idle_time = std::chrono::seconds{10};  // of a thread without work
    ResolverOptions resolver{};
};

// The backend whose tasks are threads. A task or timer that throws ends the program
// (std::terminate). stop() must not be called by one of its own tasks, which would wait for itself.
[[nodiscard]] std::shared_ptr<Backend> make_thread_backend(ThreadBackendOptions options = {});

}  // namespace cistern
