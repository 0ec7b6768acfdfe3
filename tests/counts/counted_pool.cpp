#include "counted_pool.hpp"

#include "backend/thread/thread_backend.hpp"
#include "pool/pool_impl.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

class CountedConnection final : public Connection, public CountedSession {
public:
    void use() noexcept override { ++uses_; }
    void validate(Deadline) override {}

private:
    long uses_ = 0;
};

class CountedConnector final : public Connector {
public:
    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        return std::make_unique<CountedConnection>();
    }
};

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
    return detail::typed<CountedSession>(*pools.back());
}

}  // namespace cistern::test
