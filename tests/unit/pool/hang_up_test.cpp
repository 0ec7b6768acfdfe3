// What becomes of a connection whose peer hangs up while nobody reads.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace cistern::test {
namespace {

using Catch::Contains;

struct Scene : Fixture {
    explicit Scene(PoolOptions options = Fixture::options()) : Fixture{std::move(options)} {
        script->opens_stream = true;
    }
    // The peer of the `number`th connection, counted from 1.
    void hang_up(int number) {
        const auto index = static_cast<std::size_t>(number - 1);
        io.wires.at(index)->state = StreamState::kClosedByPeer;
        backend->hang_up(index);
        backend->run();
    }
};

// A pool that has an express lane, or has none.
PoolOptions lane_or_not(bool has_lane) {
    return Fixture::with([=](auto& options) { options.validate_after_idle = has_lane ? 1h : 0ns; });
}

TEST_CASE("an idle connection is closed as soon as its peer hangs up, in the lane or not",
          "[unit][pool][hang_up]") {
    Scene scene{lane_or_not(GENERATE(true, false))};
    auto& pool = scene.typed();
    pool.acquire().release();
    CHECK(scene.backend->watched() == 1);
    scene.hang_up(1);
    CHECK(pool.stats().total == 0);
    CHECK(pool.stats().closed_broken == 1);
    CHECK(scene.script->alive == 0);
    CHECK(scene.script->calls.empty());  // nothing is said to who has left
    CHECK(scene.backend->watched() == 0);
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("an idle connection whose peer hung up is replaced when min_idle wants it",
          "[unit][pool][hang_up]") {
    Scene scene{Fixture::with([](auto& options) { options.min_idle = 1; })};
    auto& pool = scene.typed();
    pool.acquire().release();
    const auto before = scene.script->made;
    scene.hang_up(1);
    CHECK(pool.stats().idle == 1);
    CHECK(scene.script->made == before + 1);
}

TEST_CASE("a peer that hangs up during a lease costs the user nothing but the connection",
          "[unit][pool][hang_up]") {
    const bool has_lane = GENERATE(true, false);
    const bool is_in_lane = has_lane && GENERATE(true, false);
    Scene scene{lane_or_not(has_lane)};
    auto& pool = scene.typed();
    if (is_in_lane) {
        pool.acquire().release();
    }
    auto lease = pool.acquire();
    scene.hang_up(1);
    CHECK(lease->number() == 1);
    CHECK(pool.stats().lent == 1);
    lease.release();  // nobody used it, so nobody would have looked
    scene.backend->run();
    CHECK(pool.stats().total == 0);
    CHECK(pool.stats().closed_broken == 1);
    CHECK(pool.stats().acquired == pool.stats().released);
}

TEST_CASE("whoever waits gets a new connection when the lent one's peer hangs up",
          "[unit][pool][hang_up]") {
    Scene scene{Fixture::with([](auto& options) { options.max_size = 1; })};
    Callers callers{scene};
    auto lease = scene.typed().acquire();
    callers.start(1, 10s);
    scene.hang_up(1);
    CHECK(callers.served.empty());
    lease.release();
    scene.backend->run();
    CHECK(callers.served == std::vector{1});
    CHECK(scene.script->made == 2);
}

TEST_CASE("news of a connection that is gone does not touch the next one in its place",
          "[unit][pool][hang_up]") {
    Scene scene{Fixture::with([](auto& options) { options.max_size = 1; })};
    auto& pool = scene.typed();
    pool.acquire().release();
    const auto late = scene.backend->hang_up_on_its_way(0);
    pool.acquire().discard();
    scene.backend->run();
    pool.acquire().release();
    late->on_hang_up();
    scene.backend->run();
    CHECK(pool.stats().idle == 1);
    CHECK(pool.acquire()->number() == 2);
}

TEST_CASE("news for a pool that is gone finds nobody", "[unit][pool][hang_up]") {
    Scene scene;
    scene.typed().acquire().release();
    const auto late = scene.backend->hang_up_on_its_way(0);
    scene.pool.reset();
    scene.backend->run();
    late->on_hang_up();
    CHECK(scene.script->alive == 0);
}

TEST_CASE("news for a pool that is closed changes nothing; a lease that is out ends as broken",
          "[unit][pool][hang_up]") {
    Scene scene;
    auto& pool = scene.typed();
    auto lease = pool.acquire();
    scene.pool->close(Deadline::never());
    scene.hang_up(1);
    CHECK(scene.script->alive == 1);
    lease.release();
    CHECK(scene.script->alive == 0);
    CHECK(scene.script->calls.empty());
}

TEST_CASE("a connector may leave one peer for another before the connection is open",
          "[unit][pool][hang_up]") {
    struct Redirected final : Connector {
        explicit Redirected(std::shared_ptr<Script> shared) : script{std::move(shared)} {}
        std::unique_ptr<Connection> connect(IoContext& io,
                                            const ConnectorConfig&,
                                            Deadline deadline) override {
            auto first = io.connect_tcp({"host", "1"}, deadline);
            auto second = io.connect_tcp({"host", "2"}, deadline);
            return std::make_unique<FakeConnection>(script, std::move(second));
        }
        std::shared_ptr<Script> script;
    };
    Fixture fixture;
    fixture.pool = make_pool({.name = "cache",
                              .plugin = "fake",
                              .options = Fixture::options(),
                              .connector = std::make_unique<Redirected>(fixture.script),
                              .config = {},
                              .backend = fixture.backend});
    fixture.typed().acquire().release();
    CHECK(fixture.backend->watched() == 1);  // the second
    fixture.backend->hang_up(0);
    fixture.backend->run();
    CHECK(fixture.pool->stats().total == 0);
}

TEST_CASE("a stream that a plugin opens later is watched as well", "[unit][pool][hang_up]") {
    FakeIo io;
    ManualBackend backend{&io};
    std::atomic<bool> is_used{false};
    struct Listener final : HangUpListener {
        void on_hang_up() noexcept override { ++calls; }
        int calls = 0;
    };
    const auto listener = std::make_shared<Listener>();
    WatchedIo watched{io, is_used};
    auto first = watched.connect_tcp({"host", "1"}, Deadline::never());
    CHECK(backend.watched() == 0);
    watched.watch_hang_ups(backend, listener);
    auto second = watched.connect_tcp({"host", "1"}, Deadline::never());
    CHECK(backend.watched() == 2);
    backend.hang_up(1);
    CHECK(listener->calls == 1);
    first.reset();
    second.reset();
    CHECK(backend.watched() == 0);
}

TEST_CASE("a server that hangs up on every new connection is left alone for longer and longer",
          "[unit][pool][hang_up]") {
    Scene scene{Fixture::with([](auto& options) {
        options.min_idle = 1;
        options.retry.initial_delay = 100ms;
        options.retry.multiplier = 2.0;
        options.retry.max_delay = 1s;
    })};
    std::vector<nanoseconds> opened;
    for (int number = 1; number <= 6; ++number) {
        scene.backend->run();
        while (scene.script->made < number) {
            scene.backend->advance(1ms);
        }
        opened.push_back(scene.backend->clock().now());
        scene.hang_up(number);
        CHECK(scene.pool->stats().total == 0);
    }
    std::vector<nanoseconds> pauses;
    for (std::size_t i = 1; i < opened.size(); ++i) {
        pauses.push_back(opened[i] - opened[i - 1]);
    }
    CHECK(pauses == std::vector<nanoseconds>{100ms, 200ms, 400ms, 800ms, 1s});
    try {
        static_cast<void>(scene.pool->acquire(10ms, std::source_location::current()));
        FAIL("lent a connection that nobody opened");
    } catch (const AcquireTimeout& error) {
        CHECK_THAT(error.what(), Contains("the server closed a new connection before it was used"));
    }

    // One that lasts for longer than that is replaced at once.
    scene.backend->advance(5s);
    REQUIRE(scene.pool->stats().idle == 1);
    const auto made = scene.script->made;
    scene.hang_up(made);
    CHECK(scene.script->made == made + 1);
}

TEST_CASE("a peer that hangs up before anybody knows that the connection is open",
          "[unit][pool][hang_up]") {
    Fixture fixture{Fixture::with([](auto& options) { options.max_size = 1; })};
    // Told as soon as it is watched, which is before the pool has counted it.
    class Eager final : public Backend {
    public:
        explicit Eager(std::shared_ptr<ManualBackend> inner) : inner_{std::move(inner)} {}
        [[nodiscard]] std::string_view name() const noexcept override { return "eager"; }
        [[nodiscard]] const Clock& clock() const noexcept override { return inner_->clock(); }
        [[nodiscard]] IoContext& io() noexcept override { return inner_->io(); }
        [[nodiscard]] std::shared_ptr<Parker> this_task() override { return inner_->this_task(); }
        void spawn(std::function<void()> task) override { inner_->spawn(std::move(task)); }
        void call_at(Deadline at, std::function<void()> task) override {
            inner_->call_at(at, std::move(task));
        }
        [[nodiscard]] double random() noexcept override { return 0.5; }
        bool stop(Deadline deadline) override { return inner_->stop(deadline); }
        [[nodiscard]] std::unique_ptr<HangUpWatch> watch_hang_up(
            Stream&, std::weak_ptr<HangUpListener> listener) noexcept override {
            if (hang_ups-- > 0) {
                listener.lock()->on_hang_up();
            }
            return nullptr;
        }
        int hang_ups = 1;

    private:
        std::shared_ptr<ManualBackend> inner_;
    };
    fixture.script->opens_stream = true;
    const auto backend = std::make_shared<Eager>(fixture.backend);
    fixture.pool = make_pool({.name = "cache",
                              .plugin = "fake",
                              .options = Fixture::options(),
                              .connector = std::make_unique<FakeConnector>(fixture.script),
                              .config = {},
                              .backend = backend});
    const auto began = fixture.backend->clock().now();
    CHECK(fixture.typed().acquire()->number() == 2);
    CHECK(fixture.backend->clock().now() > began);  // not stormed
    CHECK(fixture.pool->stats().closed_broken == 1);
}

}  // namespace
}  // namespace cistern::test
