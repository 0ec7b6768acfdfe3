// User and password that change while a pool runs.

#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

using Catch::Contains;

// Answers as a test tells it.
struct FakeSource final : CredentialSource {
    ConnectSettings fetch(const Clock&, Deadline deadline) override {
        ++asked;
        deadlines.push_back(deadline.since_clock_epoch());
        if (fails) {
            throw ConnectError{"the vault is sealed"};
        }
        return {.values = {{"password", {password, "vault", true}}},
                .renew_after = renew_after,
                .valid_for = valid_for};
    }

    std::string password = "one";
    nanoseconds renew_after = 1h;
    nanoseconds valid_for = 2h;
    bool fails = false;
    int asked = 0;
    std::vector<nanoseconds> deadlines;
};

// A pool whose server takes `accepted` only.
struct Vault {
    explicit Vault(PoolOptions options = Fixture::options()) {
        fixture.credentials = std::make_shared<CredentialCache>(ConnectorConfig{}, source);
        fixture.script->connect_with = [this](const ConnectorConfig& conf) {
            used.push_back(conf.text("password"));
            if (used.back() != accepted) {
                throw AuthError{"refused the password " + used.back()};
            }
        };
        fixture.make(std::move(options));
    }
    [[nodiscard]] Pool<FakeSession>& pool() { return fixture.typed(); }

    Fixture fixture;
    std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>();
    std::string accepted = "one";
    std::vector<std::string> used;
};

TEST_CASE("credentials are asked for before an open, within its deadline, and on no caller's path",
          "[unit][pool]") {
    Vault vault{Fixture::with([](auto& options) { options.connect_timeout = 3s; })};
    const auto began = vault.fixture.backend->clock().now();
    vault.pool().acquire().release();
    CHECK(vault.used == std::vector<std::string>{"one"});
    CHECK(vault.source->asked == 1);
    CHECK(vault.source->deadlines == std::vector{began + 3s});
    vault.fixture.backend->advance(3h);
    vault.pool().acquire().release();  // what is idle needs none, however old they are
    CHECK(vault.source->asked == 1);
}

TEST_CASE("credentials are kept until they have to be renewed", "[unit][pool]") {
    Vault vault;
    const auto first = vault.pool().acquire();
    vault.pool().acquire().discard();
    vault.fixture.backend->advance(59min);
    vault.pool().acquire().discard();
    CHECK(vault.source->asked == 1);
    vault.fixture.backend->advance(1min);
    vault.pool().acquire().discard();
    CHECK(vault.source->asked == 2);
    CHECK(vault.used == std::vector<std::string>(4, "one"));
    CHECK(count_of(*vault.fixture.observer, "closed: old credentials") == 0);
}

TEST_CASE("a source that fails does no harm while the last answer holds, and then fails the open",
          "[unit][pool]") {
    Vault vault;
    vault.pool().acquire().discard();
    vault.source->fails = true;
    vault.fixture.backend->advance(90min);
    vault.pool().acquire().discard();
    CHECK(vault.source->asked == 2);
    vault.fixture.backend->advance(30min);
    CHECK_THROWS_WITH(static_cast<void>(vault.pool().acquire()), "the vault is sealed");
}

TEST_CASE("a refused login asks once more, out of turn, and connects with what is new",
          "[unit][pool]") {
    Vault vault;
    vault.pool().acquire().discard();
    vault.accepted = "two";
    vault.source->password = "two";
    CHECK(vault.pool().acquire()->number() == 2);
    CHECK(vault.used == std::vector<std::string>{"one", "one", "two"});
    CHECK(vault.source->asked == 2);
    CHECK(vault.pool().stats().open_failures == 0);
    CHECK(vault.pool().stats().circuit.state == CircuitState::kClosed);
}

TEST_CASE("credentials that were refused are not tried again when asking gives the same",
          "[unit][pool]") {
    Vault vault;
    vault.accepted = "two";
    CHECK_THROWS_AS(static_cast<void>(vault.pool().acquire()), AuthError);
    CHECK(vault.used == std::vector<std::string>{"one"});
    CHECK(vault.source->asked == 2);
    vault.fixture.backend->advance(1s);
    vault.source->fails = true;
    CHECK_THROWS_AS(static_cast<void>(vault.pool().acquire()), ConnectError);
}

TEST_CASE("two answers that are refused are enough", "[unit][pool]") {
    Vault vault;
    vault.pool().acquire().discard();
    vault.accepted = "three";
    vault.source->password = "two";
    CHECK_THROWS_AS(static_cast<void>(vault.pool().acquire()), AuthError);
    CHECK(vault.used == std::vector<std::string>{"one", "one", "two"});
    CHECK(vault.pool().stats().open_failures == 1);
}

TEST_CASE(
    "once new credentials work, connections of the old ones go: idle at once, lent as they "
    "come back, and others stay",
    "[unit][pool]") {
    Vault vault{Fixture::with([](auto& options) { options.max_size = 4; })};
    auto& pool = vault.pool();
    auto lent = pool.acquire();
    auto in_lane = pool.acquire();
    auto last = pool.acquire();
    vault.accepted = "two";
    vault.source->password = "two";
    vault.fixture.backend->advance(1h);
    CHECK(pool.acquire()->number() == 4);
    CHECK(count_of(*vault.fixture.observer, "closed: old credentials") == 0);
    in_lane.release();
    vault.fixture.backend->run();
    CHECK(count_of(*vault.fixture.observer, "closed: old credentials") == 1);
    lent.release();
    last.release();
    vault.fixture.backend->run();
    CHECK(count_of(*vault.fixture.observer, "closed: old credentials") == 3);
    CHECK(pool.stats().idle == 1);
    CHECK(pool.acquire()->number() == 4);
}

TEST_CASE("idle connections of old credentials go as soon as new ones work, in the lane or not",
          "[unit][pool]") {
    Vault vault{Fixture::with([](auto& options) { options.max_size = 3; })};
    auto& pool = vault.pool();
    auto first = pool.acquire();
    auto second = pool.acquire();
    second.release();
    first.release();
    vault.accepted = "two";
    vault.source->password = "two";
    vault.fixture.backend->advance(1h);
    pool.resize(3, 3);
    vault.fixture.backend->run();
    CHECK(count_of(*vault.fixture.observer, "closed: old credentials") == 2);
    CHECK(pool.stats().idle == 3);
}

TEST_CASE("new credentials that do not work close nothing", "[unit][pool]") {
    Vault vault;
    auto first = vault.pool().acquire();
    vault.source->password = "typo";
    vault.fixture.backend->advance(1h);
    CHECK_THROWS_AS(static_cast<void>(vault.pool().acquire()), AuthError);
    first.release();
    vault.fixture.backend->run();
    CHECK(vault.pool().acquire()->number() == 1);
}

TEST_CASE("what was known at the start is used while the source cannot answer", "[unit][pool]") {
    Vault vault;
    vault.source->fails = true;
    vault.fixture.credentials = std::make_shared<CredentialCache>(
        ConnectorConfig{},
        vault.source,
        ConnectSettings{.values = {{"password", {"one", "file", true}}},
                        .valid_for = 24h * 365 * 99});
    vault.fixture.make(Fixture::options());
    CHECK(vault.pool().acquire()->number() == 1);
    CHECK(vault.source->asked == 1);
}

TEST_CASE("a provided secret is in no error, no event and no statistics", "[unit][pool]") {
    Vault vault;
    vault.source->password = "sesame";
    try {
        static_cast<void>(vault.pool().acquire());
        FAIL("was lent something");
    } catch (const AuthError& error) {
        CHECK(std::string{error.what()} == "refused the password ***");
        CHECK_FALSE(error.is_transient());
    }
    vault.fixture.script->connect_with = [](const ConnectorConfig& conf) {
        throw std::runtime_error{"library says " + conf.text("password")};
    };
    CHECK_THROWS_WITH(static_cast<void>(vault.pool().acquire(60s)), Contains("library says ***"));
    for (const auto& event : vault.fixture.observer->events) {
        CHECK_THAT(event, !Contains("sesame"));
    }
    CHECK_THAT(vault.pool().stats().last_connect_failure->what, !Contains("sesame"));
    CHECK_THAT(vault.pool().stats().circuit.last_failure->what, !Contains("sesame"));
}

}  // namespace
}  // namespace cistern::test
