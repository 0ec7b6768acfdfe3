#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cistern {

// Which idle connection is lent next.
enum class LendOrder {
    kLifo,    // the one used last: few stay busy, the others age out
    kFifo,    // the one idle for longest: load spreads evenly
    kOldest,  // the one opened first
};

// Which connections Pool::flush() closes.
enum class Flush : std::uint8_t {
    kIdle,  // those that nobody has
    kAll,   // those that are lent too, as they come back
};

// Which of several endpoints a new connection is opened to. Those whose circuit does not admit it
// are passed over.
enum class EndpointPolicy {
    kFailover,          // the first in the list that works
    kRoundRobin,        // each in turn
    kLeastConnections,  // the one with the fewest connections of this pool
};

// So many may be given.
inline constexpr std::uint32_t kMostEndpoints = 64;

// Where the pool's own tasks run.
enum class BackendKind { kThread, kFiber, kAsio };

// How often and how soon opening a connection is tried again. Delays count per endpoint, however
// many callers wait.
struct RetryOptions {
    // Opens tried for one waiter before it is told; of several endpoints at each.
    std::uint32_t max_attempts = 3;
    std::chrono::nanoseconds initial_delay = std::chrono::milliseconds{50};
    double multiplier = 1.6;  // each delay is this much longer than the last
    std::chrono::nanoseconds max_delay = std::chrono::seconds{1};
    double jitter = 0.2;  // each delay is varied by up to this share of it
    double budget = 0.2;  // with_retry: at most this share may be retries
};

// When callers are refused because the queue does not get shorter (CoDel: controlled delay). The
// queue is overloaded once its oldest caller has waited for longer than the target at every moment
// of one interval. From then on whoever has waited for longer than the target and has somebody
// behind him is refused, the oldest first, as soon as a connection becomes free or another caller
// comes; until nobody waits, or nobody had to be refused for one interval. A paused pool refuses
// nobody.
struct CodelOptions {
    std::chrono::nanoseconds target{0};  // 0: nobody is refused for having waited
    std::chrono::nanoseconds interval = std::chrono::seconds{1};  // longer than usual bursts last
};

// Connections that are kept for urgent callers. Others never have them, and wait though something
// is idle. A pool that reserves any does without the express lane: each borrow takes the pool's
// lock.
struct ReserveOptions {
    std::uint32_t high = 0;    // of max_size, never lent to less than Priority::kHigh. 0: none
    std::uint32_t normal = 0;  // further ones, never lent to Priority::kLow. 0: none
};

// Whether a pool finds its size by itself.
enum class AdaptiveMode : std::uint8_t {
    kOff,     // max_size is the size
    kReport,  // what it would be is told, and nothing changes
    kOn,      // it is used, as by Pool::resize()
};

// How a pool finds the smallest size, up to max_size, at which its server serves as much as at any
// other: by how long leases last, by how many are out at once. It goes by steps of a quarter, one
// per interval at most, and tries each while callers keep the pool in full use; else it stays as it
// is. After a step back it rests for 8 to 64 intervals. A pool that is not kOff does
// without the express lane: each borrow takes the pool's lock, so that every lease is timed.
struct AdaptiveOptions {
    AdaptiveMode mode = AdaptiveMode::kOff;
    // Never smaller. At least min_idle, and more than is reserved.
    std::uint32_t min_size = 1;
    std::chrono::nanoseconds interval = std::chrono::seconds{1};
    // Leases that must have ended at a size before it is judged, however long that takes. Use times
    // that differ much from each other need many. At least 1.
    std::uint32_t samples = 256;
};

// How one pool is sized and tuned. Every value has its meaning of zero; durations are exact.
//
// Thread safety:  a value.
struct PoolOptions {
    // -- Size -------------------------------------------------------------------------------------

    // Hard cap on idle + lent + connecting + closing. At least 1.
    std::uint32_t max_size = 10;
    // Connections kept idle, to spare, as far as max_size allows. 0: none.
    std::uint32_t min_idle = 0;
    // kOff with match_by.
    AdaptiveOptions adaptive;

    // -- Waiting ----------------------------------------------------------------------------------

    // Longest wait for a lease when the call names none. 0: a call never waits.
    std::chrono::nanoseconds acquire_timeout = std::chrono::seconds{30};
    // How long the oldest waiter may be passed over by newcomers, for more throughput. 0: strict
    // first come, first served.
    std::chrono::nanoseconds bypass_window{0};
    // Callers that may wait at once; beyond it acquire fails at once. 0: unbounded.
    std::uint32_t max_waiters = 0;
    CodelOptions codel;
    // Whether a caller is refused at once whose deadline cannot be met: if connections go on to be
    // handed over as fast as they lately were, its turn comes too late. As long as too few
    // hand-offs were seen to tell, as long as the pool may open more, and while nobody else waits,
    // everyone may queue. A resize begins to count anew; a paused pool refuses nobody.
    bool reject_hopeless = false;
    // Together less than max_size; none with match_by.
    ReserveOptions reserve;

    // -- Where to ---------------------------------------------------------------------------------

    // Several servers that can stand in for each other, as "host:port" or "[v6]:port", each once.
    // max_size is over all of them; circuit, back-off, max_connecting and slow start are each one's
    // own. Empty: there is one, and the plugin's settings say where.
    std::vector<std::string> endpoints{};
    EndpointPolicy endpoint_policy = EndpointPolicy::kFailover;
    // With kFailover: how long an earlier endpoint must have worked again before connections to
    // later ones are closed: idle ones at once, lent ones as they come back. To find out whether it
    // works, it is connected to though nobody waits, at the pace of its back-off and as far as
    // max_size has room. 0: they stay, as long as connections do; only new ones go to the earlier
    // endpoint.
    std::chrono::nanoseconds failback_after{0};

    // -- Opening ----------------------------------------------------------------------------------

    // Everything until a session is usable: name, TCP, TLS, authentication, greeting.
    std::chrono::nanoseconds connect_timeout = std::chrono::seconds{5};
    // Opens under way at once per endpoint. At least 1. After an outage one at a time, and twice as
    // many after each that succeeds.
    std::uint32_t max_connecting = 2;
    RetryOptions retry;
    // While opening fails, callers for whom a connection would have to be opened are told so at
    // once (CircuitOpen) instead of waiting up to their deadline; one of them waits for the probe.
    bool fail_fast = false;
    // Name of the CredentialsProvider that is asked before a connection is opened. Empty: user and
    // password are settings like all others.
    std::string credentials{};

    // -- Ageing -----------------------------------------------------------------------------------

    // Oldest age of a connection; a lent one is closed when it comes back. 0: no limit.
    std::chrono::nanoseconds max_lifetime = std::chrono::minutes{30};
    // Each connection's lifetime is shortened at birth by a random share up to this one, so that
    // those opened together do not end together.
    double lifetime_jitter = 0.1;
    // Idle for longer than this: closed, down to min_idle. 0: never.
    std::chrono::nanoseconds idle_timeout = std::chrono::minutes{10};
    // Idle connections are validated in the background this often. 0: off.
    std::chrono::nanoseconds keepalive_interval{0};
    // Upper bound on how late ageing is noticed.
    std::chrono::nanoseconds reap_interval = std::chrono::seconds{1};

    // -- Validation -------------------------------------------------------------------------------

    // A connection that was used within this time is lent without asking the server. 0: always ask.
    // A caller that does not wait is never kept waiting for the answer: it gets what is idle.
    std::chrono::nanoseconds validate_after_idle = std::chrono::milliseconds{500};
    // Longest time one validation or reset may take.
    std::chrono::nanoseconds validate_timeout = std::chrono::seconds{1};

    // -- Behaviour --------------------------------------------------------------------------------

    LendOrder order = LendOrder::kLifo;
    // The plugin's setting by which callers choose: Pool::acquire(match, timeout). Empty: they
    // cannot.
    std::string match_by;
    // A lease held for longer is reported with its holder and place. 0: off.
    std::chrono::nanoseconds leak_threshold{0};
    BackendKind backend = BackendKind::kThread;
};

}  // namespace cistern
