#include "counted_pool.hpp"

#include "backend/thread/thread_backend.hpp"
#include "pool/pool_impl.hpp"

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

class CountedConnection final : public Connection, public CountedSession {
public:
    void validate(Deadline) override {}
};

class CountedConnector final : public Connector {
public:
    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        return std::make_unique<CountedConnection>();
    }
};

// A connection's first return teaches the pool that there is nothing to reset, which takes a task.
void use_all_once(Pool<CountedSession>& pool) {
    std::vector<Lease<CountedSession>> leases;
    for (std::uint32_t i = 0; i < pool.stats().max_size; ++i) {
        leases.push_back(pool.acquire());
    }
    leases.clear();
    while (pool.stats().idle < pool.stats().max_size) {
        std::this_thread::yield();
    }
}

}  // namespace

struct CountedPool::Parts {
    explicit Parts(const PoolOptions& options)
        : pool{make_pool({.name = "counted",
                          .plugin = "counted",
                          .options = options,
                          .connector = std::make_unique<CountedConnector>(),
                          .config = {},
                          .backend = backend})} {
        pool->start();
        pool->warm_up(10s);
        use_all_once(typed());
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    ~Parts() {
        pool->close(backend->clock().deadline_after(10s));
        backend->stop(backend->clock().deadline_after(10s));
    }
    [[nodiscard]] Pool<CountedSession>& typed() const {
        return detail::typed<CountedSession>(*pool);
    }

    std::shared_ptr<Backend> backend = make_thread_backend();
    std::shared_ptr<PoolImpl> pool;
};

CountedPool::CountedPool(PoolOptions options) {
    options.min_idle = options.max_size;
    options.leak_threshold = 1min;
    parts_ = std::make_shared<Parts>(options);
}

Pool<CountedSession>& CountedPool::operator*() const noexcept {
    return parts_->typed();
}

}  // namespace cistern::test
