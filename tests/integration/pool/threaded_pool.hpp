#pragma once

#include "backend/thread/thread_backend.hpp"
#include "pool/pool_impl.hpp"

#include <cistern/pool.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace cistern::test {

// A pool on real threads, which ends with all that belongs to it.
struct ThreadedPool {
    ThreadedPool(std::unique_ptr<Connector> connector, const PoolOptions& options)
        : pool{make_pool({.name = "threaded",
                          .plugin = "test",
                          .options = options,
                          .connector = std::move(connector),
                          .config = {},
                          .backend = backend})} {
        pool->start();
    }
    ThreadedPool(const ThreadedPool&) = delete;
    ThreadedPool& operator=(const ThreadedPool&) = delete;
    ~ThreadedPool() {
        const auto deadline = backend->clock().deadline_after(std::chrono::seconds{10});
        pool->close(deadline);
        backend->stop(deadline);
    }

    std::shared_ptr<Backend> backend = make_thread_backend();
    std::shared_ptr<PoolImpl> pool;
};

}  // namespace cistern::test
