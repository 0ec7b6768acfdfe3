// A connection that keeps its prepared statements, as the pool treats it.

#include "unit/pool/fakes.hpp"

#include <cistern/statement_cache.hpp>

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

// What the connections of one test asked their server for: "prepare a", "run a", "close a".
using Asked = std::vector<std::string>;

struct StatementSession {
    StatementSession() = default;
    StatementSession(const StatementSession&) = delete;
    StatementSession& operator=(const StatementSession&) = delete;
    virtual ~StatementSession() = default;

    virtual void run(const std::string& text) = 0;
};

class PreparingConnection final : public Connection, public StatementSession {
public:
    explicit PreparingConnection(Asked& asked) : asked_{asked} {}

    void run(const std::string& text) override {
        statements_.use(
            text,
            [&] {
                asked_.push_back("prepare " + text);
                return text;
            },
            [&](const std::string& handle) {
                asked_.push_back("run " + handle);
                return true;
            });
    }
    void validate(Deadline) override {}
    void reset(Deadline) override {
        for (const auto& handle : statements_.take_evicted()) {
            asked_.push_back("close " + handle);
        }
    }
    [[nodiscard]] bool needs_reset() const noexcept override { return statements_.has_evicted(); }

private:
    Asked& asked_;
    StatementCache<std::string> statements_{1};
};

class PreparingConnector final : public Connector {
public:
    explicit PreparingConnector(Asked& asked) : asked_{asked} {}

    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        return std::make_unique<PreparingConnection>(asked_);
    }

private:
    Asked& asked_;
};

struct PreparingPool {
    PreparingPool() {
        auto options = Fixture::options();
        options.max_size = 1;
        pool = make_pool({.name = "cache",
                          .plugin = "fake",
                          .options = options,
                          .connector = std::make_unique<PreparingConnector>(asked),
                          .config = {},
                          .backend = backend,
                          .endpoint = std::make_shared<EndpointState>("db1:7"),
                          .observer = nullptr,
                          .credentials = {}});
        pool->start();
    }
    [[nodiscard]] Pool<StatementSession>& typed() { return detail::typed<StatementSession>(*pool); }
    [[nodiscard]] Asked asked_since() { return std::exchange(asked, {}); }

    FakeIo io;
    std::shared_ptr<ManualBackend> backend = std::make_shared<ManualBackend>(&io);
    Asked asked;
    std::shared_ptr<PoolImpl> pool;
};

TEST_CASE("the next user of a connection finds the statements of the last one", "[unit][pool]") {
    PreparingPool scene;
    scene.typed().acquire()->run("a");
    scene.typed().acquire()->run("a");
    CHECK(scene.asked == Asked{"prepare a", "run a", "run a"});
}

TEST_CASE("statements that gave way are closed after the lease, on no user's time",
          "[unit][pool]") {
    PreparingPool scene;
    {
        auto lease = scene.typed().acquire();
        lease->run("a");
        lease->run("b");
    }
    CHECK(scene.asked_since() == Asked{"prepare a", "run a", "prepare b", "run b"});
    scene.backend->run();
    CHECK(scene.asked_since() == Asked{"close a"});
    scene.typed().acquire()->run("b");
    CHECK(scene.asked_since() == Asked{"run b"});
}

TEST_CASE("a connection opened after a flush has none of the statements prepared before",
          "[unit][pool]") {
    PreparingPool scene;
    scene.typed().acquire()->run("a");
    scene.typed().flush();
    scene.backend->run();
    scene.asked.clear();
    scene.typed().acquire()->run("a");
    CHECK(scene.asked == Asked{"prepare a", "run a"});
}

}  // namespace
}  // namespace cistern::test
