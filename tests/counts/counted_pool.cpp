#include "counted_pool.hpp"

#include "backend/thread/thread_backend.hpp"
#include "pool/pool_impl.hpp"
#include "support/use_all_once.hpp"

#include <chrono>
#include <memory>
#include <utility>

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
        use_all_once(typed(), options.max_size);
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
