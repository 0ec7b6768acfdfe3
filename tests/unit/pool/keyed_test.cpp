// Pools with match_by: connections of several kinds that share one max_size.

#include "pool/keyed_pool.hpp"
#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

using Catch::Contains;

// Sessions that know which setting they were opened with.
struct KeyedSession {
    KeyedSession() = default;
    KeyedSession(const KeyedSession&) = delete;
    KeyedSession& operator=(const KeyedSession&) = delete;
    virtual ~KeyedSession() = default;
    [[nodiscard]] virtual const std::string& match() const = 0;
    [[nodiscard]] virtual int number() const = 0;
};

class KeyedConnection final : public Connection, public KeyedSession {
public:
    KeyedConnection(std::string match, int number) : match_{std::move(match)}, number_{number} {}
    void validate(Deadline) override {}
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }
    [[nodiscard]] const std::string& match() const override { return match_; }
    [[nodiscard]] int number() const override { return number_; }

private:
    const std::string match_;
    const int number_;
};

struct KeyedConnector final : Connector {
    std::unique_ptr<Connection> connect(IoContext&,
                                        const ConnectorConfig& conf,
                                        Deadline) override {
        const auto match = conf.text("database");
        ++tries[match];
        if (down.contains(match)) {
            throw ConnectError{match + " is down"};
        }
        return std::make_unique<KeyedConnection>(match, ++made);
    }

    int made = 0;
    std::map<std::string, int> tries;
    std::set<std::string> down;
};

struct KeyedFixture {
    explicit KeyedFixture(std::uint32_t max_size = 2,
                          PoolOptions options = Fixture::options(),
                          std::shared_ptr<EndpointState> endpoint = {}) {
        options.max_size = max_size;
        options.match_by = "database";
        const ConnectorConfig config{"cache", {{"database", {"main", "test"}}}};
        PoolParts parts{.name = "cache",
                        .plugin = "fake",
                        .options = options,
                        .connector = connector,
                        .config = config,
                        .backend = backend,
                        .endpoint = endpoint,
                        .observer = observer};
        pool = std::make_shared<KeyedPool>(parts, [parts](const std::string& match) {
            if (match.empty()) {
                throw ConfigError{"a database has a name"};
            }
            auto matched = parts;
            matched.name += "[" + match + "]";
            matched.config = parts.config.with("database", {match, "test"});
            if (matched.endpoint == nullptr) {
                matched.endpoint = std::make_shared<EndpointState>(match);
            }
            return matched;
        });
        pool->start();
    }
    ~KeyedFixture() { pool->close(Deadline::never()); }
    KeyedFixture(const KeyedFixture&) = delete;
    KeyedFixture& operator=(const KeyedFixture&) = delete;

    [[nodiscard]] Pool<KeyedSession>& typed() { return detail::typed<KeyedSession>(*pool); }
    // A task that borrows for `match`, and holds its lease until it is told.
    void start(const std::string& match, Timeout timeout = 10s) {
        backend->in_task([this, match, timeout] {
            try {
                leases[match].push_back(typed().acquire(match, timeout));
                served.push_back(match);
            } catch (const Error& error) {
                failed.push_back(error.what());
            }
        });
        backend->run();
    }
    void give_back(const std::string& match) {
        leases[match].erase(leases[match].begin());
        backend->run();
    }

    FakeIo io;
    std::shared_ptr<ManualBackend> backend = std::make_shared<ManualBackend>(&io);
    std::shared_ptr<KeyedConnector> connector = std::make_shared<KeyedConnector>();
    std::shared_ptr<RecordingObserver> observer = std::make_shared<RecordingObserver>();
    std::shared_ptr<KeyedPool> pool;
    std::map<std::string, std::vector<Lease<KeyedSession>>> leases;
    std::vector<std::string> served;
    std::vector<std::string> failed;
};

TEST_CASE("a caller gets a connection with its match, and the one it used before", "[unit][pool]") {
    KeyedFixture fixture{3};
    auto& pool = fixture.typed();
    CHECK(pool.acquire()->match() == "main");
    int number = 0;
    {
        const auto lease = pool.acquire("sales", 1s);
        CHECK(lease->match() == "sales");
        number = lease->number();
    }
    CHECK(pool.acquire("stock", 1s)->match() == "stock");
    CHECK(pool.acquire("sales", 1s)->number() == number);
    CHECK(pool.stats().opened == 3);
    CHECK(pool.stats().idle == 3);
}

TEST_CASE("connections of all matches together count against max_size", "[unit][pool]") {
    KeyedFixture fixture{2};
    fixture.start("a");
    fixture.start("b");
    fixture.start("c", 100ms);
    CHECK(fixture.pool->stats().total == 2);
    fixture.backend->advance(200ms);
    REQUIRE(fixture.failed.size() == 1);
    CHECK_THAT(fixture.failed.front(),
               Contains("cache[c]") && Contains("taken by other matches 2"));
}

TEST_CASE("the connection idle for longest gives way to one with another match", "[unit][pool]") {
    KeyedFixture fixture{2};
    fixture.start("old");
    fixture.start("new");
    fixture.give_back("old");
    fixture.backend->advance(1s);
    fixture.give_back("new");
    fixture.backend->advance(1s);
    fixture.start("other");
    CHECK(fixture.served.back() == "other");
    CHECK(fixture.pool->stats().closed_evicted == 1);
    CHECK(fixture.pool->stats().opened == 3);
    fixture.start("new");
    CHECK(fixture.pool->stats().opened == 3);  // it stayed
}

TEST_CASE("what comes back while another match waits gives way to it, from the lane as well",
          "[unit][pool]") {
    KeyedFixture fixture{1};
    auto& pool = fixture.typed();
    pool.acquire("a", 1s).release();
    fixture.start("a");  // out of the express lane
    fixture.start("b");
    CHECK(fixture.served == std::vector<std::string>{"a"});
    fixture.give_back("a");
    CHECK(fixture.served == std::vector<std::string>{"a", "b"});
    CHECK(fixture.pool->stats().total == 1);
}

TEST_CASE("callers of one match may pass a caller of another one so many times and no more",
          "[unit][pool]") {
    KeyedFixture fixture{1};
    fixture.start("a");
    fixture.start("b");
    for (int i = 0; i < 12; ++i) {
        fixture.start("a");
    }
    std::size_t rounds = 0;
    while (fixture.served.back() != "b" && rounds < 12) {
        fixture.give_back("a");
        ++rounds;
    }
    CHECK(rounds == SharedCapacity::kMostPasses + 1);
    CHECK(fixture.failed.empty());
    fixture.give_back("b");
    CHECK(fixture.served.back() == "a");
}

TEST_CASE("matches are served in the order in which they came to wait", "[unit][pool]") {
    KeyedFixture fixture{1};
    fixture.start("a");
    fixture.start("b");
    fixture.start("c");
    fixture.start("d");
    fixture.give_back("a");
    fixture.give_back("b");
    fixture.give_back("c");
    CHECK(fixture.served == std::vector<std::string>{"a", "b", "c", "d"});
}

TEST_CASE("a match whose server is down is in nobody's way", "[unit][pool]") {
    KeyedFixture fixture{1};
    fixture.connector->down = {"dead"};
    fixture.start("a");
    fixture.start("dead");
    fixture.start("b");
    fixture.give_back("a");
    fixture.backend->advance(10ms);
    CHECK(fixture.served.back() == "b");
}

TEST_CASE("a caller who leaves the queue leaves no claim behind", "[unit][pool]") {
    KeyedFixture fixture{1};
    fixture.start("a");
    fixture.start("b", 100ms);
    fixture.backend->advance(200ms);
    CHECK(fixture.failed.size() == 1);
    fixture.give_back("a");
    CHECK(fixture.pool->stats().idle == 1);
    CHECK(fixture.pool->stats().closed_evicted == 0);
    fixture.start("a");
    CHECK(fixture.pool->stats().opened == 1);
}

TEST_CASE("what stayed idle because enough was being closed gives way to the next who waits",
          "[unit][pool]") {
    KeyedFixture fixture{2};
    fixture.start("a");
    fixture.start("b");
    fixture.give_back("a");
    fixture.give_back("b");
    // Both begin to queue before anything that gives way has been closed.
    for (const auto* match : {"c", "d"}) {
        fixture.backend->in_task([&fixture, match] {
            fixture.leases[match].push_back(fixture.typed().acquire(match, 10s));
            fixture.served.emplace_back(match);
        });
    }
    fixture.backend->run();
    CHECK(fixture.served == std::vector<std::string>{"a", "b", "c", "d"});
}

// The defects of socketpool's matching, by their numbers.

TEST_CASE("sp02_mismatched_connection_is_never_queued_twice: it has one owner at a time",
          "[unit][pool]") {
    KeyedFixture fixture{2};
    fixture.connector->down = {"b"};
    auto& pool = fixture.typed();
    pool.acquire("a", 1s).release();
    fixture.start("b");
    fixture.backend->advance(20s);
    CHECK(fixture.failed.size() == 1);
    CHECK(fixture.pool->stats().total == 1);
    const auto one = pool.acquire("a", 1s);
    const auto other = pool.acquire("a", 1s);
    CHECK(one->number() != other->number());
}

TEST_CASE("sp03_every_retry_sees_every_idle_connection: however often others were tried",
          "[unit][pool]") {
    KeyedFixture fixture{4};
    fixture.start("a");
    fixture.start("b");
    fixture.start("c");
    for (const auto* match : {"a", "b", "c"}) {
        fixture.give_back(match);
    }
    for (int i = 0; i < 3; ++i) {
        for (const auto* match : {"c", "a", "b"}) {
            CHECK(fixture.typed().acquire(match, 1s)->match() == match);
        }
    }
    CHECK(fixture.pool->stats().opened == 3);
}

TEST_CASE("sp04_matching_hides_nothing_from_others: what is idle is found while others look",
          "[unit][pool]") {
    KeyedFixture fixture{4};
    for (int i = 0; i < 2; ++i) {
        fixture.start("a");
        fixture.start("b");
    }
    for (const auto* match : {"a", "b", "a", "b"}) {
        fixture.give_back(match);
    }
    for (int i = 0; i < 2; ++i) {
        fixture.start("b");
        fixture.start("a");
    }
    CHECK(fixture.pool->stats().opened == 4);
    CHECK(fixture.pool->stats().lent == 4);
}

// -- As one pool ----------------------------------------------------------------------------------

TEST_CASE("a match without a connection is forgotten in time, its counts are not", "[unit][pool]") {
    KeyedFixture fixture{2};
    auto& pool = fixture.typed();
    for (int i = 0; i < 1000; ++i) {
        CHECK(pool.acquire("match " + std::to_string(i), 1s)->match() ==
              "match " + std::to_string(i));
        fixture.backend->run();
    }
    CHECK(fixture.pool->matches() < 40);
    CHECK(pool.stats().opened == 1000);
    CHECK(pool.stats().acquired == 1000);
    CHECK(pool.stats().closed_evicted == 998);
}

TEST_CASE("pausing, flushing and draining mean every match", "[unit][pool]") {
    KeyedFixture fixture{3};
    auto& pool = fixture.typed();
    fixture.start("a");
    pool.pause();
    fixture.start("a");
    fixture.start("b");  // made while paused
    CHECK(fixture.served.size() == 1);
    pool.resume();
    fixture.backend->run();
    CHECK(fixture.served.size() == 3);
    CHECK(pool.holders().size() == 3);
    pool.flush();
    while (!fixture.leases["a"].empty()) {
        fixture.give_back("a");
    }
    CHECK(count_of(*fixture.observer, "closed: flushed") == 2);
    fixture.give_back("b");
    CHECK(pool.drain(1s));
    CHECK_THROWS_AS(static_cast<void>(pool.acquire("a", 1s)), PoolClosed);
    CHECK_THROWS_AS(static_cast<void>(pool.acquire("new", 1s)), PoolClosed);
}

TEST_CASE("a flush of an endpoint reaches the matches that connect to it, and no other",
          "[unit][pool]") {
    KeyedFixture fixture{3};
    auto& pool = fixture.typed();
    pool.acquire("a", 1s).release();
    pool.acquire("b", 1s).release();
    CHECK(fixture.pool->flush_endpoint("a", Flush::kAll));
    fixture.backend->run();
    CHECK(count_of(*fixture.observer, "closed: flushed") == 1);
    CHECK(pool.acquire("b", 1s)->number() == 2);
    CHECK_FALSE(fixture.pool->flush_endpoint("nowhere", Flush::kAll));
}

TEST_CASE("a keyed pool that grows serves whoever waits", "[unit][pool]") {
    KeyedFixture fixture{1};
    fixture.start("a");
    fixture.start("b");
    fixture.typed().resize(2, 0);
    fixture.backend->run();
    CHECK(fixture.served.size() == 2);
}

TEST_CASE("a keyed pool that shrinks sheds what comes back, whoever waits for it", "[unit][pool]") {
    KeyedFixture fixture{5};
    for (const auto* match : {"a", "a", "b", "b", "c"}) {
        fixture.start(match);
    }
    fixture.start("b");  // and one waits
    fixture.typed().resize(2, 0);
    for (const auto* match : {"c", "a", "b"}) {
        fixture.give_back(match);
    }
    CHECK(fixture.typed().stats().total == 2);
    CHECK(fixture.served.size() == 5);
    fixture.give_back("a");
    CHECK(fixture.served.size() == 6);
    CHECK(fixture.typed().stats().total == 2);
}

TEST_CASE("a keyed pool that shrinks closes what is idle at once", "[unit][pool]") {
    KeyedFixture fixture{4};
    for (const auto* match : {"a", "b", "c", "d"}) {
        fixture.start(match);
    }
    for (const auto* match : {"a", "b", "c", "d"}) {
        fixture.give_back(match);
    }
    fixture.typed().acquire("a", 1s).release();  // into its lane
    fixture.typed().resize(1, 0);
    fixture.backend->run();
    CHECK(fixture.typed().stats().total == 1);
}

TEST_CASE("matches that come and go leave nothing at the endpoint they share", "[unit][pool]") {
    const auto endpoint = std::make_shared<EndpointState>("db");
    KeyedFixture fixture{2, Fixture::options(), endpoint};
    for (int i = 0; i < 1000; ++i) {
        fixture.typed().acquire("match " + std::to_string(i), 1s).release();
        fixture.backend->run();
    }
    CHECK(endpoint->join({}) < 100);
}

TEST_CASE("a match whose server is down is left alone though it was forgotten", "[unit][pool]") {
    auto options = Fixture::options();
    options.retry.initial_delay = 1h;
    options.retry.max_delay = 1h;
    KeyedFixture fixture{1, options};
    fixture.connector->down = {"dead"};
    fixture.start("dead", 10ms);
    fixture.backend->advance(20ms);
    for (int i = 0; i < 100; ++i) {
        fixture.typed().acquire("match " + std::to_string(i), 1s).release();
        fixture.backend->run();
    }
    CHECK(fixture.pool->matches() < 40);
    fixture.start("dead", 10ms);
    fixture.backend->advance(20ms);
    CHECK(fixture.connector->tries["dead"] == 1);
}

TEST_CASE("with fail_fast a match waits for what others have lent, though its server is down",
          "[unit][pool]") {
    auto options = Fixture::options();
    options.fail_fast = true;
    options.retry.initial_delay = 1h;
    options.retry.max_delay = 1h;
    KeyedFixture fixture{1, options};
    fixture.start("a");
    fixture.connector->down = {"b"};
    fixture.start("b", 100ms);
    CHECK(fixture.failed.empty());
    fixture.give_back("a");
    CHECK(fixture.connector->tries["b"] == 1);
    fixture.start("b", 100ms);
    REQUIRE_FALSE(fixture.failed.empty());
    CHECK_THAT(fixture.failed.back(), Contains("circuit open"));
}

TEST_CASE("the observer of a keyed pool is told of what was done, once for each pool",
          "[unit][pool]") {
    KeyedFixture fixture{2};
    auto& pool = fixture.typed();
    pool.acquire("a", 1s).release();
    pool.pause();
    pool.resize(3, 0);
    fixture.start("b", 0s);
    CHECK(count_of(*fixture.observer, "paused") == 1);
    CHECK(count_of(*fixture.observer, "resized: 3, 0") == 1);
    pool.resume();
    CHECK(count_of(*fixture.observer, "resumed") == 1);
    fixture.pool->close(Deadline::never());
    CHECK(std::none_of(fixture.observer->events.begin(),
                       fixture.observer->events.end(),
                       [](const std::string& event) { return event.starts_with("drained"); }));
}

TEST_CASE("a match that was made before anybody said which session offers it all the same",
          "[unit][pool]") {
    KeyedFixture fixture{2};
    const auto early = fixture.pool->matching("a");
    auto& pool = fixture.typed();
    CHECK(pool.acquire("a", 1s)->match() == "a");
}

TEST_CASE("what cannot be a match is refused, and so is a match where none is offered",
          "[unit][pool]") {
    KeyedFixture fixture;
    CHECK_THROWS_WITH(static_cast<void>(fixture.typed().acquire("", 1s)),
                      Contains("a database has a name"));
    Fixture plain;
    CHECK_THROWS_WITH(static_cast<void>(plain.typed().acquire("a", 1s)), Contains("match_by"));
}

TEST_CASE("a check of a keyed pool asks each match, and says which one is down", "[unit][pool]") {
    KeyedFixture fixture{3};
    static_cast<void>(fixture.typed().acquire("blue", 1s));
    static_cast<void>(fixture.typed().acquire("green", 1s));
    CHECK(fixture.typed().check(1s).state == HealthState::kHealthy);
    CHECK(fixture.pool->stats().validations == 2);
    fixture.connector->down.insert("red");
    fixture.start("red");
    const auto health = fixture.typed().check(1s);
    CHECK(health.state == HealthState::kDegraded);
    CHECK(health.ping);  // of another one
    CHECK_THAT(
        health.why,
        Contains("cache[red]: no connection can be opened; callers wait (1); circuit open") &&
            Contains("red is down"));
}

}  // namespace
}  // namespace cistern::test
