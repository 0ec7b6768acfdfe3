#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

namespace cistern::test {
namespace {

const ErrorTraits kLost{.breaks_connection = true, .is_transient = true};
const ErrorTraits kDoubtful{
    .breaks_connection = true, .outcome_unknown = true, .is_transient = true};

TEST_CASE("with_retry calls again on another connection after a transient error", "[unit][pool]") {
    Fixture fixture;
    auto& pool = fixture.typed();
    std::vector<int> used;
    const auto result = pool.with_retry([&](FakeSession& session) {
        used.push_back(session.number());
        if (used.size() < 3) {
            throw IoError{"lost", kLost};
        }
        return session.number() * 10;
    });
    CHECK(result == 30);
    CHECK(used == std::vector{1, 2, 3});
    CHECK(pool.stats().retries == 2);
}

TEST_CASE("with_retry waits a growing while between its calls", "[unit][pool]") {
    Fixture fixture;
    std::vector<nanoseconds> at;
    const auto fail = [&](FakeSession&) {
        at.push_back(fixture.backend->clock().now());
        throw IoError{"lost", kLost};
    };
    CHECK_THROWS_AS(fixture.typed().with_retry(fail), IoError);
    REQUIRE(at.size() == 3);  // retry.max_attempts
    CHECK(at[1] - at[0] == 50ms);
    CHECK(at[2] - at[1] == 80ms);
}

TEST_CASE("with_retry never repeats what may have been done already, or cannot succeed",
          "[unit][pool]") {
    Fixture fixture;
    const auto traits = GENERATE(as<ErrorTraits>{}, kDoubtful, ErrorTraits{});
    int calls = 0;
    CHECK_THROWS_AS(fixture.typed().with_retry([&](FakeSession&) {
        ++calls;
        throw IoError{"lost", traits};
    }),
                    IoError);
    CHECK(calls == 1);
    CHECK(fixture.pool->stats().retries == 0);
}

TEST_CASE("with_retry passes on what is no framework error", "[unit][pool]") {
    Fixture fixture;
    int calls = 0;
    CHECK_THROWS_AS(fixture.typed().with_retry([&](FakeSession&) {
        ++calls;
        throw std::logic_error{"a defect"};
    }),
                    std::logic_error);
    CHECK(calls == 1);
}

TEST_CASE("with_retry keeps to one deadline and then throws the error at hand", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) {
        options.retry.max_attempts = 100;
        options.retry.max_delay = 10s;
        options.retry.multiplier = 2.0;
    })};
    const auto began = fixture.backend->clock().now();
    CHECK_THROWS_AS(fixture.typed().with_retry(
                        [&](FakeSession&) {
                            throw IoError{"lost", kLost};
                        },
                        400ms),
                    IoError);
    CHECK(fixture.backend->clock().now() <= began + 400ms);
}

TEST_CASE("retries are at most the budget's share of calls under steady failure", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.budget = 0.2; })};
    int calls = 0;
    for (int i = 0; i < 200; ++i) {
        CHECK_THROWS_AS(fixture.typed().with_retry([&](FakeSession&) {
            ++calls;
            throw IoError{"lost", kLost};
        }),
                        IoError);
    }
    CHECK(calls >= 200 + 40);
    CHECK(calls <= 200 + 40 + 10);
    CHECK(fixture.pool->stats().retries == static_cast<std::uint64_t>(calls - 200));
}

TEST_CASE("with a budget of zero nothing is retried", "[unit][pool]") {
    Fixture fixture{Fixture::with([](auto& options) { options.retry.budget = 0.0; })};
    int calls = 0;
    CHECK_THROWS_AS(fixture.typed().with_retry([&](FakeSession&) {
        ++calls;
        throw IoError{"lost", kLost};
    }),
                    IoError);
    CHECK(calls == 1);
}

TEST_CASE("with_retry can work without a result", "[unit][pool]") {
    Fixture fixture;
    int number = 0;
    fixture.typed().with_retry([&](FakeSession& session) { number = session.number(); });
    CHECK(number == 1);
    CHECK(fixture.pool->stats().idle == 1);
}

}  // namespace
}  // namespace cistern::test
