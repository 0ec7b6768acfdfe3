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

Pool<CountedSession>& counted_pool(PoolOptions options) {
    static std::vector<std::shared_ptr<PoolImpl>> pools;
    options.min_idle = options.max_size;
    options.leak_threshold = 1min;
    pools.push_back(make_pool({.name = "counted",
                               .plugin = "counted",
                               .options = std::move(options),
                               .connector = std::make_unique<CountedConnector>(),
                               .config = {},
                               .backend = make_thread_backend()}));
    pools.back()->start();
    pools.back()->warm_up(10s);
    auto& typed = detail::typed<CountedSession>(*pools.back());
    use_all_once(typed);
    return typed;
}

}  // namespace cistern::test
