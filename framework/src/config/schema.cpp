#include "schema.hpp"

#include "option_kinds.hpp"

#include <chrono>

namespace cistern {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// Beyond these a value is a slip of the hand rather than a wish.
constexpr std::uint32_t kMostConnections = 100'000;
constexpr nanoseconds kDay = 24h;
constexpr nanoseconds kYear = 365 * 24h;

void add_adaptive(std::vector<PoolOption>& table) {
    table.push_back(choice<AdaptiveMode>(
        {"adaptive",
         "Whether the pool finds out how many connections its server makes use of, and keeps to it "
         "(on) or only tells (report); max_size is then the most. Without express lane."},
        [](PoolOptions & o) -> auto& { return o.adaptive.mode; },
        {{"off", AdaptiveMode::kOff},
         {"report", AdaptiveMode::kReport},
         {"on", AdaptiveMode::kOn}}));
    table.push_back(count(
        {"adaptive.min_size", "The pool never makes itself smaller."},
        [](PoolOptions & o) -> auto& { return o.adaptive.min_size; },
        1,
        kMostConnections));
    table.push_back(duration(
        {"adaptive.interval", "The pool changes its size by one step in this time at most."},
        [](PoolOptions & o) -> auto& { return o.adaptive.interval; },
        1ms,
        1h));
    table.push_back(count(
        {"adaptive.samples",
         "Leases that must have ended at a size before it is judged; the more their times differ, "
         "the more it takes."},
        [](PoolOptions & o) -> auto& { return o.adaptive.samples; },
        1,
        1'000'000));
}

void add_size_and_waiting(std::vector<PoolOption>& table) {
    table.push_back(count(
        {"max_size",
         "Hard cap on connections: idle, lent, being opened and being closed together."},
        [](PoolOptions & o) -> auto& { return o.max_size; },
        1,
        kMostConnections));
    table.push_back(count(
        {"min_idle",
         "Connections kept open though nobody uses them; warm-up waits for them.",
         "none"},
        [](PoolOptions & o) -> auto& { return o.min_idle; },
        0,
        kMostConnections));
    add_adaptive(table);
    table.push_back(duration(
        {"acquire_timeout",
         "Longest wait for a lease when the call names none.",
         "a call never waits"},
        [](PoolOptions & o) -> auto& { return o.acquire_timeout; },
        0s,
        kDay));
    table.push_back(duration(
        {"bypass_window",
         "How long newcomers may pass over the oldest waiter, for more throughput.",
         "strictly first come, first served"},
        [](PoolOptions & o) -> auto& { return o.bypass_window; },
        0s,
        1s));
    table.push_back(count(
        {"max_waiters", "Callers that may wait at once; one more fails at once.", "any number"},
        [](PoolOptions & o) -> auto& { return o.max_waiters; },
        0,
        1'000'000));
    table.push_back(duration(
        {"codel.target",
         "In an overloaded queue, whoever has waited for longer is refused, so that others are "
         "served in time (CoDel).",
         "nobody is refused for having waited"},
        [](PoolOptions & o) -> auto& { return o.codel.target; },
        0s,
        1h));
    table.push_back(duration(
        {"codel.interval",
         "A queue is overloaded once its oldest caller has been waiting for longer than the target "
         "all through this time."},
        [](PoolOptions & o) -> auto& { return o.codel.interval; },
        1ms,
        1h));
    table.push_back(flag(
        {"reject_hopeless",
         "Whether a caller is refused at once whose turn would come after its deadline, as fast as "
         "connections are handed over."},
        [](PoolOptions & o) -> auto& { return o.reject_hopeless; }));
    table.push_back(count(
        {"reserve.high",
         "Connections of max_size that only callers of high priority get; with any, there is no "
         "express lane.",
         "none"},
        [](PoolOptions & o) -> auto& { return o.reserve.high; },
        0,
        kMostConnections));
    table.push_back(count(
        {"reserve.normal", "Further ones that callers of low priority do not get.", "none"},
        [](PoolOptions & o) -> auto& { return o.reserve.normal; },
        0,
        kMostConnections));
}

void add_endpoints(std::vector<PoolOption>& table) {
    table.push_back(endpoint_list(
        {"endpoints",
         "Servers that can stand in for each other, in place of the plugin's own setting; max_size "
         "is over all of them."},
        [](PoolOptions & o) -> auto& { return o.endpoints; }));
    table.push_back(choice<EndpointPolicy>(
        {"endpoint_policy",
         "Which endpoint a new connection is opened to: the first in the list that works, each in "
         "turn, or the one with the fewest connections."},
        [](PoolOptions & o) -> auto& { return o.endpoint_policy; },
        {{"failover", EndpointPolicy::kFailover},
         {"round_robin", EndpointPolicy::kRoundRobin},
         {"least_connections", EndpointPolicy::kLeastConnections}}));
    table.push_back(duration(
        {"failback_after",
         "How long an earlier endpoint must work again before connections to later ones are "
         "closed, with failover.",
         "they stay, and only new ones go to the earlier endpoint"},
        [](PoolOptions & o) -> auto& { return o.failback_after; },
        0s,
        kDay));
}

void add_opening(std::vector<PoolOption>& table) {
    table.push_back(duration(
        {"connect_timeout",
         "Everything until a session is usable: name, TCP, TLS, authentication and greeting."},
        [](PoolOptions & o) -> auto& { return o.connect_timeout; },
        1ms,
        1h));
    table.push_back(count(
        {"max_connecting", "Connections being opened at once to one endpoint."},
        [](PoolOptions & o) -> auto& { return o.max_connecting; },
        1,
        1000));
    table.push_back(count(
        {"retry.max_attempts",
         "Opens tried for one waiter before it is told; also how often with_retry tries."},
        [](PoolOptions & o) -> auto& { return o.retry.max_attempts; },
        1,
        100));
    table.push_back(duration(
        {"retry.initial_delay",
         "Pause after the first failed open; it counts per endpoint, however many wait.",
         "no pause"},
        [](PoolOptions & o) -> auto& { return o.retry.initial_delay; },
        0s,
        1h));
    table.push_back(decimal(
        {"retry.multiplier", "Each further pause is this many times as long as the last."},
        [](PoolOptions & o) -> auto& { return o.retry.multiplier; },
        1,
        10));
    table.push_back(duration(
        {"retry.max_delay", "Longest pause, before jitter.", "no pause"},
        [](PoolOptions & o) -> auto& { return o.retry.max_delay; },
        0s,
        1h));
    table.push_back(decimal(
        {"retry.jitter", "Each pause is varied at random by up to this share of it.", "not varied"},
        [](PoolOptions & o) -> auto& { return o.retry.jitter; },
        0,
        1));
    table.push_back(decimal(
        {"retry.budget",
         "At most this share of with_retry's calls may be repeats.",
         "never repeated"},
        [](PoolOptions & o) -> auto& { return o.retry.budget; },
        0,
        1));
    table.push_back(flag(
        {"fail_fast",
         "While opening fails, callers who would need a new connection are refused at once with "
         "the last connect error, all but the one who waits for the probe."},
        [](PoolOptions & o) -> auto& { return o.fail_fast; }));
    table.push_back(name(
        {"credentials",
         "Name under which the program gives a provider of user and password, which is asked "
         "before "
         "a connection is opened; without it both are settings of the plugin."},
        [](PoolOptions & o) -> auto& { return o.credentials; }));
}

void add_ageing(std::vector<PoolOption>& table) {
    table.push_back(duration(
        {"max_lifetime",
         "Oldest age of a connection; one that is lent is closed when it comes back.",
         "no limit"},
        [](PoolOptions & o) -> auto& { return o.max_lifetime; },
        0s,
        kYear));
    table.push_back(decimal(
        {"lifetime_jitter",
         "Each connection's lifetime is shortened at birth by a random share up to this one.",
         "all live equally long"},
        [](PoolOptions & o) -> auto& { return o.lifetime_jitter; },
        0,
        0.9));
    table.push_back(duration(
        {"idle_timeout", "A connection idle for longer is closed, down to min_idle.", "never"},
        [](PoolOptions & o) -> auto& { return o.idle_timeout; },
        0s,
        kYear));
    table.push_back(duration(
        {"keepalive_interval",
         "Idle connections are validated in the background this often.",
         "off"},
        [](PoolOptions & o) -> auto& { return o.keepalive_interval; },
        0s,
        kDay));
    table.push_back(duration(
        {"reap_interval", "How late ageing may be noticed at most."},
        [](PoolOptions & o) -> auto& { return o.reap_interval; },
        1ms,
        1h));
}

void add_validation_and_behaviour(std::vector<PoolOption>& table) {
    table.push_back(duration(
        {"validate_after_idle",
         "A connection used within this time is lent without asking its server.",
         "always ask"},
        [](PoolOptions & o) -> auto& { return o.validate_after_idle; },
        0s,
        kDay));
    table.push_back(duration(
        {"validate_timeout", "Longest time one validation or reset may take."},
        [](PoolOptions & o) -> auto& { return o.validate_timeout; },
        1ms,
        1h));
    table.push_back(choice<LendOrder>(
        {"order",
         "Which idle connection is lent next: the one used last, the one idle for longest, or the "
         "one "
         "opened first."},
        [](PoolOptions & o) -> auto& { return o.order; },
        {{"lifo", LendOrder::kLifo}, {"fifo", LendOrder::kFifo}, {"oldest", LendOrder::kOldest}}));
    table.push_back(name(
        {"match_by",
         "Setting of the plugin by which callers choose: acquire(match, timeout). All matches "
         "share "
         "max_size; without it callers cannot choose."},
        [](PoolOptions & o) -> auto& { return o.match_by; }));
    table.push_back(duration(
        {"leak_threshold", "A lease held for longer is reported with its holder and place.", "off"},
        [](PoolOptions & o) -> auto& { return o.leak_threshold; },
        0s,
        kYear));
    table.push_back(choice<BackendKind>({"backend", "Where the pool's own tasks run."},
                                        [](PoolOptions & o) -> auto& { return o.backend; },
                                        {{"thread", BackendKind::kThread},
                                         {"fiber", BackendKind::kFiber},
                                         {"asio", BackendKind::kAsio}}));
}

}  // namespace

std::vector<FrameworkKey> framework_keys() {
    return {
        {"plugins.dir",
         "folders, separated by colons",
         "",
         "Where plugins are looked for, in this order; without it, the folder that belongs to the "
         "library. A relative path counts from this file's folder."},
        {"pools",
         "names, separated by commas",
         "",
         "The pools there are. A name has letters, digits, _ and -."},
        {"pool.<pool>.plugin",
         "a plugin's name",
         "",
         "The plugin that opens this pool's connections."},
    };
}

std::vector<PoolOption> pool_option_table() {
    std::vector<PoolOption> table;
    add_size_and_waiting(table);
    add_endpoints(table);
    add_opening(table);
    add_ageing(table);
    add_validation_and_behaviour(table);
    return table;
}

std::vector<std::string> pool_option_names() {
    std::vector<std::string> names;
    for (const auto& option : pool_option_table()) {
        names.push_back(option.name);
    }
    return names;
}

}  // namespace cistern
