// A real server that closes idle connections.

#include "integration/pool/threaded_pool.hpp"
#include "support/socket_server.hpp"

#include <cistern/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <random>
#include <thread>
#include <vector>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

struct EchoSession {
    EchoSession() = default;
    EchoSession(const EchoSession&) = delete;
    EchoSession& operator=(const EchoSession&) = delete;
    virtual ~EchoSession() = default;
    virtual bool ask() = 0;
};

class EchoConnection final : public Connection, public EchoSession {
public:
    explicit EchoConnection(std::unique_ptr<Stream> stream) : stream_{std::move(stream)} {}
    void validate(Deadline) override {}
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }
    bool ask() override {
        const auto deadline = stream_->deadline_after(10s);
        stream_->write_all("x", deadline);
        char byte = 0;
        return stream_->read_some(&byte, 1, deadline) == 1;
    }

private:
    std::unique_ptr<Stream> stream_;
};

class EchoConnector final : public Connector {
public:
    explicit EchoConnector(Endpoint endpoint) : endpoint_{std::move(endpoint)} {}
    std::unique_ptr<Connection> connect(IoContext& io,
                                        const ConnectorConfig&,
                                        Deadline deadline) override {
        return std::make_unique<EchoConnection>(io.connect_tcp(endpoint_, deadline));
    }

private:
    Endpoint endpoint_;
};

// Sends back what it gets; with a temper it leaves after some bytes.
struct Server {
    explicit Server(unsigned bytes_before_leaving = 0)
        : socket{[=, this](ServedSocket& served) {
              for (unsigned bytes = 0; !served.is_ending(); ++bytes) {
                  const auto got = served.receive(1);
                  if (got.empty() || !served.send(got)) {
                      return;
                  }
                  if (bytes_before_leaving > 0 && bytes == bytes_before_leaving + served_++ % 5) {
                      return;
                  }
              }
          }} {}

    std::atomic<unsigned> served_{0};
    SocketServer socket;
};

struct Scene : ThreadedPool {
    Scene(SocketServer& server, const PoolOptions& options)
        : ThreadedPool{std::make_unique<EchoConnector>(server.endpoint()), options} {}
    [[nodiscard]] Pool<EchoSession>& typed() { return detail::typed<EchoSession>(*pool); }
    template <class Condition>
    [[nodiscard]] bool comes_true(Condition condition) {
        const auto give_up = backend->clock().deadline_after(10s);
        while (!condition(pool->stats())) {
            if (backend->clock().has_passed(give_up)) {
                return false;
            }
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }
};

// Nothing of the pool's own would notice within the time of a test.
PoolOptions patient() {
    PoolOptions options;
    options.max_size = 4;
    options.idle_timeout = 0s;
    options.validate_after_idle = 1h;
    return options;
}

TEST_CASE("connections that a server closes while idle are gone before anybody asks for them",
          "[integration][pool][hang_up]") {
    Server server;
    Scene scene{server.socket, patient()};
    auto& pool = scene.typed();
    {
        std::vector<Lease<EchoSession>> leases;
        for (int i = 0; i < 4; ++i) {
            leases.push_back(pool.acquire());
            CHECK(leases.back()->ask());
        }
    }
    CHECK(pool.stats().idle == 4);
    GENERATE(true, false) ? server.socket.reset_all() : server.socket.end_all();
    CHECK(scene.comes_true([](const auto& stats) { return stats.total == 0; }));
    CHECK(pool.stats().closed_broken == 4);
    CHECK(pool.acquire()->ask());
}

TEST_CASE("min_idle connections that a server closes are opened again by themselves",
          "[integration][pool][hang_up]") {
    Server server;
    auto options = patient();
    options.min_idle = 2;
    Scene scene{server.socket, options};
    scene.typed().warm_up(10s);
    REQUIRE(server.socket.wait_for_open(2));
    server.socket.end_all();
    CHECK(scene.comes_true([](const auto& stats) { return stats.closed == 2 && stats.idle == 2; }));
    CHECK(scene.typed().acquire()->ask());
}

TEST_CASE("a server that leaves at any moment costs errors, but no connection is lost or shared",
          "[integration][pool][hang_up]") {
    constexpr int kThreads = 4;
    constexpr int kRounds = 1000;
    Server server{3};
    auto options = patient();
    options.max_size = 3;
    options.min_idle = 1;
    options.retry.initial_delay = 100us;
    options.retry.max_delay = 1ms;
    Scene scene{server.socket, options};
    auto& pool = scene.typed();
    std::atomic<int> answers{0};
    std::atomic<int> errors{0};
    std::atomic<int> strangers{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            std::mt19937 random{static_cast<unsigned>(i)};
            for (int round = 0; round < kRounds; ++round) {
                try {
                    const auto lease = pool.acquire(10s);
                    if (random() % 4 == 0) {
                        std::this_thread::yield();
                    } else if (lease->ask()) {
                        ++answers;
                    }
                } catch (const IoError&) {
                    ++errors;
                } catch (...) {
                    ++strangers;
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(strangers == 0);
    CHECK(answers > kRounds);
    CHECK(pool.drain(10s));
    const auto stats = pool.stats();
    CHECK(stats.acquired == stats.released);
    CHECK(stats.acquired == kThreads * kRounds);
    CHECK(scene.comes_true([](const auto& now) { return now.total == 0; }));
    CHECK(pool.stats().opened == pool.stats().closed);
}

TEST_CASE("a pool can go while its server hangs up on it", "[integration][pool][hang_up]") {
    for (int repetition = 0; repetition < 50; ++repetition) {
        Server server;
        auto options = patient();
        options.min_idle = 4;
        Scene scene{server.socket, options};
        scene.typed().warm_up(10s);
        std::thread leaver{[&] { server.socket.end_all(); }};
        if (repetition % 2 == 0) {
            scene.pool.reset();
            scene.pool =
                make_pool({.name = "echo",
                           .plugin = "echo",
                           .options = options,
                           .connector = std::make_unique<EchoConnector>(server.socket.endpoint()),
                           .config = {},
                           .backend = scene.backend});
        }
        leaver.join();
    }
}

}  // namespace
}  // namespace cistern::test
