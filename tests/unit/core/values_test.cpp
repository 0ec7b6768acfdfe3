#include "core/backoff.hpp"
#include "core/connection_state.hpp"
#include "core/endpoint_gate.hpp"
#include "core/expiry.hpp"
#include "core/retry_budget.hpp"
#include "core/sizing.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace cistern::core {
namespace {

using namespace std::chrono_literals;

TEST_CASE("as many are opened as are needed, as far as there is room", "[unit][core]") {
    // max_size, min_idle, total, idle, coming, waiting
    CHECK(opens_wanted({10, 0, 0, 0, 0, 0}) == 0);
    CHECK(opens_wanted({10, 0, 0, 0, 0, 3}) == 3);
    CHECK(opens_wanted({10, 0, 2, 0, 2, 3}) == 1);
    CHECK(opens_wanted({10, 0, 5, 0, 5, 3}) == 0);
    CHECK(opens_wanted({2, 0, 0, 0, 0, 3}) == 2);
    CHECK(opens_wanted({2, 0, 2, 0, 0, 3}) == 0);
    CHECK(opens_wanted({10, 4, 3, 1, 1, 0}) == 2);
    CHECK(opens_wanted({10, 4, 9, 0, 0, 2}) == 1);
    CHECK(opens_wanted({2, 0, 4, 0, 0, 1}) == 0);  // after a resize
}

TEST_CASE("delays grow up to the longest and vary by the jitter around it", "[unit][core]") {
    RetryOptions options;
    options.initial_delay = 50ms;
    options.multiplier = 2.0;
    options.max_delay = 1s;
    options.jitter = 0.2;
    CHECK(backoff_delay(options, 1, 0.5) == 50ms);
    CHECK(backoff_delay(options, 2, 0.5) == 100ms);
    CHECK(backoff_delay(options, 5, 0.5) == 800ms);
    CHECK(backoff_delay(options, 6, 0.5) == 1s);
    CHECK(backoff_delay(options, 1, 0.0) == 40ms);
    CHECK(backoff_delay(options, 1, 1.0) == 60ms);
    CHECK(backoff_delay(options, 4'000'000, 0.5) == 1s);
    options.initial_delay = 0ms;
    CHECK(backoff_delay(options, 9, 1.0) == 0ms);
}

TEST_CASE("a gate admits max_connecting at once, whoever asks", "[unit][core]") {
    EndpointGate gate;
    CHECK(gate.try_enter(2, 0s).admitted);
    CHECK(gate.try_enter(2, 0s).admitted);
    CHECK_FALSE(gate.try_enter(2, 0s).admitted);
    CHECK(gate.try_enter(2, 0s).retry_at == kNever);
    CHECK(gate.try_enter(3, 0s).admitted);
    gate.leave_opened();
    gate.leave_untried();
    CHECK(gate.try_enter(2, 0s).admitted);
}

TEST_CASE("while the back-off runs nobody is admitted, and after it one at a time",
          "[unit][core]") {
    RetryOptions options;
    options.initial_delay = 50ms;
    EndpointGate gate;
    const auto ticket = gate.try_enter(2, 0s).ticket;
    gate.leave_failed(ticket, options, 1s, 0.5);
    CHECK_FALSE(gate.try_enter(2, 1s + 49ms).admitted);
    CHECK(gate.try_enter(2, 1s).retry_at == 1s + 50ms);
    const auto probe = gate.try_enter(2, 1s + 50ms);
    CHECK(probe.admitted);
    CHECK_FALSE(gate.try_enter(2, 1s + 50ms).admitted);
    gate.leave_opened();
    CHECK(gate.try_enter(2, 1s + 50ms).admitted);
    CHECK_FALSE(gate.try_enter(2, 1s + 50ms).is_failing);
}

TEST_CASE("after an outage opens grow by each that succeeds: one, two, four, up to max_connecting",
          "[unit][core]") {
    const RetryOptions options;
    EndpointGate gate;
    std::uint32_t under_way = 0;
    const auto fill = [&](std::uint32_t max_connecting, Instant now) {
        while (gate.try_enter(max_connecting, now).admitted) {
            ++under_way;
        }
        return under_way;
    };
    const auto succeed = [&] {
        gate.leave_opened();
        --under_way;
    };
    CHECK(fill(10, 0s) == 10);  // no outage yet
    for (int left = 10; left > 0; --left) {
        gate.leave_failed(0, options, 1s, 0.5);
        --under_way;
    }
    CHECK(fill(10, 10s) == 1);
    succeed();
    CHECK(fill(10, 10s) == 1);
    succeed();
    CHECK(fill(10, 10s) == 2);
    succeed();
    CHECK(fill(10, 10s) == 4);
    CHECK(fill(3, 10s) == 4);  // another pool allows fewer, and waits
    succeed();
    succeed();
    CHECK(fill(10, 10s) == 10);
}

TEST_CASE(
    "the circuit opens with a failure, is half-open after the back-off, and closes with a "
    "success",
    "[unit][core]") {
    RetryOptions options;
    options.initial_delay = 50ms;
    EndpointGate gate;
    CHECK(gate.view(0s).state == CircuitState::kClosed);
    CHECK(gate.leave_failed(gate.try_enter(2, 0s).ticket, options, 1s, 0.5));
    CHECK(gate.view(1s).state == CircuitState::kOpen);
    CHECK(gate.view(1s).retry_at == 1s + 50ms);
    CHECK(gate.view(1s + 50ms).state == CircuitState::kHalfOpen);
    CHECK(gate.try_enter(2, 1s + 50ms).is_failing);
    CHECK(gate.view(1s + 50ms).failures == 1);
    CHECK(gate.leave_opened());
    CHECK(gate.view(1s + 50ms).state == CircuitState::kClosed);
    CHECK(gate.view(1s + 50ms).failures == 0);
    CHECK(gate.try_enter(2, 2s).admitted);
    CHECK_FALSE(gate.leave_opened());
}

TEST_CASE("failures that are forgotten by hand leave the slow start", "[unit][core]") {
    const RetryOptions options;
    EndpointGate gate;
    gate.leave_failed(gate.try_enter(2, 0s).ticket, options, 0s, 0.5);
    CHECK(gate.forget_failures());
    CHECK_FALSE(gate.forget_failures());
    CHECK(gate.try_enter(2, 0s).admitted);
    CHECK_FALSE(gate.try_enter(2, 0s).admitted);
}

TEST_CASE("an outage of a minute costs about 65 attempts", "[unit][core]") {
    const RetryOptions options;
    EndpointGate gate;
    int attempts = 0;
    for (Instant now{}; now < 60s; now += 1ms) {
        const auto answer = gate.try_enter(2, now);
        if (answer.admitted) {
            ++attempts;
            gate.leave_failed(answer.ticket, options, now, 0.5);
        }
    }
    CHECK(attempts >= 60);
    CHECK(attempts <= 66);
}

TEST_CASE("opens that were under way together lengthen the delay once", "[unit][core]") {
    const RetryOptions options;
    EndpointGate gate;
    const auto first = gate.try_enter(2, 0s).ticket;
    const auto second = gate.try_enter(2, 0s).ticket;
    gate.leave_failed(first, options, 0s, 0.5);
    gate.leave_failed(second, options, 0s, 0.5);
    CHECK(gate.failures() == 1);
    CHECK(gate.connecting() == 0);
}

TEST_CASE("connections that nobody used and the peer left are replaced after a back-off that grows",
          "[unit][core]") {
    RetryOptions options;
    options.initial_delay = 100ms;
    options.multiplier = 2.0;
    EndpointGate gate;
    const auto admitted = [&](Instant now) { return gate.try_enter(2, now).admitted; };
    gate.hung_up_unused(options, 10s, 10s, 0.5);
    gate.hung_up_unused(options, 9s, 10s, 0.5);  // opened together with the first
    CHECK_FALSE(admitted(10s + 99ms));
    CHECK(admitted(10s + 100ms));
    gate.leave_opened();
    gate.hung_up_unused(options, 11s, 11s + 1ms, 0.5);
    CHECK_FALSE(admitted(11s + 199ms));
    CHECK(admitted(11s + 200ms));
    gate.leave_opened();
    gate.hung_up_unused(options, 12s, 13s, 0.5);  // had lasted
    CHECK(admitted(13s));
    gate.leave_opened();
    gate.hung_up_unused(options, 14s, 14s, 0.5);
    CHECK(admitted(14s + 100ms));  // the row has ended with it
}

TEST_CASE("at most the budget's share may be retries, once the stock is used up", "[unit][core]") {
    RetryBudget budget{0.2};
    int taken = 0;
    for (int call = 0; call < 1000; ++call) {
        budget.count_call();
        while (budget.take()) {
            ++taken;
        }
    }
    CHECK(taken >= 200);
    CHECK(taken <= 210);
}

TEST_CASE("a budget of zero allows no retry, and no budget hoards", "[unit][core]") {
    RetryBudget none{0.0};
    none.count_call();
    CHECK_FALSE(none.take());
    RetryBudget full{1.0};
    int taken = 0;
    for (int call = 0; call < 1000; ++call) {
        full.count_call();
    }
    while (full.take()) {
        ++taken;
    }
    CHECK(taken == 10);
}

TEST_CASE("a lifetime is never longer than max_lifetime, and zero means none", "[unit][core]") {
    PoolOptions options;
    options.max_lifetime = 100s;
    options.lifetime_jitter = 0.1;
    CHECK(end_of_life(options, 5s, 0.0) == 105s);
    CHECK(end_of_life(options, 5s, 0.5) == 100s);
    options.max_lifetime = 0s;
    CHECK(end_of_life(options, 5s, 0.5) == kNever);
    options.max_lifetime = std::chrono::nanoseconds::max();
    options.lifetime_jitter = 0.0;
    CHECK(end_of_life(options, 5s, 0.5) == kNever);
}

TEST_CASE("a connection may only take the steps of its life", "[unit][core]") {
    using enum ConnectionState;
    const std::set<std::pair<ConnectionState, ConnectionState>> legal{{kEmpty, kConnecting},
                                                                      {kConnecting, kIdle},
                                                                      {kConnecting, kLent},
                                                                      {kConnecting, kClosing},
                                                                      {kConnecting, kEmpty},
                                                                      {kIdle, kLent},
                                                                      {kIdle, kValidating},
                                                                      {kIdle, kClosing},
                                                                      {kLent, kIdle},
                                                                      {kLent, kLent},
                                                                      {kLent, kResetting},
                                                                      {kLent, kClosing},
                                                                      {kValidating, kIdle},
                                                                      {kValidating, kLent},
                                                                      {kValidating, kClosing},
                                                                      {kResetting, kIdle},
                                                                      {kResetting, kLent},
                                                                      {kResetting, kClosing},
                                                                      {kClosing, kEmpty}};
    const auto all = {kEmpty, kConnecting, kIdle, kLent, kValidating, kResetting, kClosing};
    for (const auto from : all) {
        for (const auto to : all) {
            INFO(to_string(from) << " to " << to_string(to));
            CHECK(may_become(from, to) == legal.contains({from, to}));
        }
    }
}

}  // namespace
}  // namespace cistern::core
