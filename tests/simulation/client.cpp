#include "simulation/client.hpp"

#include <stdexcept>
#include <stop_token>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;

// Longer than anything that was begun before the calm can still take.
constexpr auto kCalmTimeout = 60s;
constexpr auto kAskTimeout = 400ms;

// The time for which a client has a connection; it is the ledger's word for a lease.
class Use {
public:
    Use(Ledger& ledger, const Ledger::Acquire& call, LineSession& session)
        : ledger_{ledger}, pool_{call.pool}, connection_{session.number()} {
        ledger_.use_begins(call, connection_, session.look());
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() { ledger_.use_ends(pool_, connection_); }

private:
    Ledger& ledger_;
    const std::size_t pool_;
    const std::uint64_t connection_;
};

// What a user throws when his own work fails.
class UserError : public std::runtime_error {
public:
    UserError() : std::runtime_error{"the user has had enough"} {}
};

}  // namespace

void Client::run() {
    for (std::uint32_t done = 0; done < plan_.operations; ++done) {
        try {
            one_operation();
        } catch (const UserError&) {
        } catch (const Error&) {
            // Refused, too late, broken, cancelled: what the ledger allows, the client bears.
        }
        try {
            pause(plan_.longest_pause);
        } catch (const Cancelled&) {
        }
    }
}

void Client::run_calmly() {
    constexpr auto kCalmOperations = 2;
    for (int done = 0; done < kCalmOperations; ++done) {
        try {
            acquire_and_use(plan_.pool, kCalmTimeout, true);
        } catch (const Error&) {
            // A connection may still carry a fault from before.
        }
        pause(plan_.longest_pause);
    }
}

void Client::one_operation() {
    switch (world_.dice().below(8)) {
        case 0:
            return try_acquire_and_use();
        case 1:
            return call_with_retry();
        case 2:
            static_cast<void>(pool_.holders());
            return acquire_and_use(plan_.pool, 0ns, false);
        default:
            return acquire_and_use(plan_.pool, draw_timeout(), false);
    }
}

Timeout Client::draw_timeout() {
    auto& dice = world_.dice();
    switch (dice.below(4)) {
        case 0:
            return Timeout::max();
        case 1:
            return on_grain(scenario_, now() + dice.between(1us, 5ms)) - now();
        default:
            return on_grain(scenario_, now() + dice.between(1ms, plan_.longest_timeout)) - now();
    }
}

void Client::acquire_and_use(std::size_t pool, Timeout timeout, bool must_succeed, int held) {
    const auto call = ledger_.acquire_begins(pool, timeout, plan_.priority);
    std::optional<Lease<LineSession>> lease;
    try {
        lease = must_succeed
                    ? pools_[pool]->acquire({.timeout = timeout, .priority = plan_.priority})
                    : acquire(timeout, *call);
    } catch (const Error& error) {
        refused(call, error, must_succeed);
        throw;
    }
    {
        const Use used{ledger_, *call, **lease};
        ledger_.acquire_ends(call, true);
        use(**lease, !must_succeed, held);
    }
    end(*lease);
}

void Client::refused(std::list<Ledger::Acquire>::iterator call,
                     const Error& error,
                     bool must_succeed) {
    bool is_allowed = dynamic_cast<const PoolClosed*>(&error) != nullptr;
    if (const auto* const late = dynamic_cast<const AcquireTimeout*>(&error)) {
        is_allowed = late->evidence().refusal != AcquireRefusal::kTimedOut;
        ledger_.acquire_refused(call, late->evidence());
    } else if (dynamic_cast<const CircuitOpen*>(&error) != nullptr) {
        is_allowed = true;
        ledger_.circuit_was_open(*call);
    }
    ledger_.acquire_ends(call, false);
    if (must_succeed && !is_allowed) {
        ledger_.violated(std::string{"I11: no lease though all is well: "} + error.what());
    }
}

// Of any pool, while it holds others: so clients may wait for each other, until one gives up.
void Client::take_another(int held) {
    auto& dice = world_.dice();
    const auto pool = dice.below(pools_.size());
    const auto until = on_grain(scenario_, now() + dice.between(1ms, plan_.longest_timeout));
    try {
        acquire_and_use(pool, until - now(), false, held);
    } catch (const Error&) {
        if (dice.percent(30)) {
            throw;
        }
    }
}

// With or without something to stop the call by; now and then it is told to stop beforehand.
Lease<LineSession> Client::acquire(Timeout timeout, Ledger::Acquire& call) {
    auto& pool = *pools_[call.pool];
    if (!scenario_.has_canceller || world_.dice().percent(50)) {
        return plan_.priority == Priority::kNormal
                   ? pool.acquire(timeout)
                   : pool.acquire({.timeout = timeout, .priority = plan_.priority});
    }
    call.stop = std::stop_source{};
    if (world_.dice().percent(10)) {
        call.stop.request_stop();
    }
    return pool.acquire(
        {.timeout = timeout, .stop = call.stop.get_token(), .priority = plan_.priority});
}

void Client::try_acquire_and_use() {
    const auto acquire = ledger_.acquire_begins(plan_.pool, 0ns);
    std::optional<Lease<LineSession>> lease;
    try {
        lease = pool_.try_acquire();
    } catch (const Error&) {
        ledger_.acquire_ends(acquire, false);
        throw;
    }
    if (!lease) {
        ledger_.acquire_ends(acquire, false);
        return;
    }
    {
        const Use used{ledger_, *acquire, **lease};
        ledger_.acquire_ends(acquire, true);
        use(**lease, true);
    }
    end(*lease);
}

void Client::call_with_retry() {
    const auto timeout = world_.dice().between(1ms, 1s);
    const auto acquire = ledger_.acquire_begins(plan_.pool, timeout);
    acquire->is_repeated = true;
    ledger_.call_begins(plan_.pool);
    bool has_tried = false;
    try {
        pool_.with_retry(
            [&](LineSession& session) {
                const Use used{ledger_, *acquire, session};
                has_tried = true;
                ask(session);
            },
            timeout);
    } catch (const Error&) {
        // The time for the work itself is the client's affair.
        ledger_.repeated_acquire_ends(acquire, has_tried);
        throw;
    }
    ledger_.repeated_acquire_ends(acquire, true);
}

void Client::use(LineSession& session, bool may_misbehave, int held) {
    auto& dice = world_.dice();
    if (dice.percent(10) && session.has_mark(kAskTimeout)) {
        ledger_.violated("I9: the connection is lent with what its last user left behind");
    }
    for (auto questions = dice.below(3); questions > 0; --questions) {
        ask(session);
    }
    pause(plan_.longest_hold);
    if (!may_misbehave) {
        return;
    }
    constexpr int kMostHeld = 3;
    if (scenario_.takes_seconds && held + 1 < kMostHeld && dice.percent(50)) {
        take_another(held + 1);
    }
    if (dice.percent(10)) {
        session.leave_a_mark(kAskTimeout);
    }
    if (dice.percent(10)) {
        session.ask_only(dice.next());
    }
    if (dice.percent(10)) {
        throw UserError{};
    }
}

void Client::ask(LineSession& session) {
    try {
        session.ask(world_.dice().next(), kAskTimeout);
    } catch (const ProtocolError& error) {
        // A server that says more than it was asked may be heard by whoever comes next.
        if (scenario_.faults.extra_reply == 0) {
            ledger_.violated(std::string{"I9: somebody else's answer: "} + error.what());
        }
        throw;
    }
}

void Client::end(Lease<LineSession>& lease) {
    // Whoever waits may lose patience just when something comes.
    if (scenario_.has_canceller && world_.dice().percent(30)) {
        world_.scheduler().spawn("impatience", [this] { cancel_somebody_(); });
    }
    if (world_.dice().percent(10)) {
        lease.discard();
    } else if (world_.dice().percent(50)) {
        lease.release();
    }
}

void Client::pause(std::chrono::nanoseconds longest) {
    if (longest > 0ns) {
        const auto until = on_grain(scenario_, now() + world_.dice().between(0ns, longest));
        world_.scheduler().sleep_until(Clock::deadline_at(until));
    }
}

}  // namespace cistern::test
