// Memory that runs out at every place where the pool asks for some.

#include "support/watched_allocations.hpp"
#include "unit/pool/fakes.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cistern::test {
namespace {

// One run: a pool, what is borrowed from it, and what was done while an allocation could fail.
struct Run {
    explicit Run(const PoolOptions& options) : fixture{options} {}
    // Borrowed by the test itself.
    void borrow(Timeout timeout = 10s) { leases.push_back(fixture.typed().acquire(timeout)); }
    // A task that waits for a connection and gives it back.
    void wait_for_one() {
        fixture.backend->in_task([this] {
            try {
                static_cast<void>(fixture.typed().acquire(1s));
            } catch (const std::exception&) {
                // What it is told is not what this is about.
            }
        });
        fixture.backend->run();
    }

    Fixture fixture;
    std::vector<Lease<FakeSession>> leases;
};

PoolOptions options() {
    return Fixture::with([](auto& options) {
        options.max_size = 2;
        options.validate_after_idle = 500ms;
        options.idle_timeout = 10min;
        options.reap_interval = 1s;
        options.retry.initial_delay = 1ms;
    });
}

void check_counts(Run& run) {
    const auto stats = run.fixture.pool->stats();
    CHECK(stats.lent == run.leases.size());
    CHECK(stats.waiting == 0);
    CHECK(stats.connecting == 0);
    CHECK(stats.acquired - stats.released == stats.lent);
    CHECK(stats.idle + stats.lent + stats.validating + stats.closing == stats.total);
    CHECK(stats.opened - stats.closed == stats.total);
    CHECK(run.fixture.script->alive == static_cast<int>(stats.total));
}

// It lends all that it may, and closes all.
void check_works(Run& run) {
    run.leases.clear();
    const auto most = run.fixture.pool->stats().max_size;
    for (std::uint32_t lent = 0; lent < most; ++lent) {
        run.borrow();
    }
    run.leases.clear();
    run.fixture.pool->close(Deadline::never());
    run.fixture.backend->run();
    CHECK(run.fixture.script->alive == 0);
}

using Step = std::function<void(Run&)>;

// Lets the first allocation of `step` fail, then the second one, until it needs no more; all in all
// so many failed.
int fail_each(const Step& prepare, const Step& step) {
    for (int nth = 1;; ++nth) {
        INFO("allocation " << nth);
        Run run{options()};
        prepare(run);
        run.leases.reserve(4);
        bool has_failed = false;
        {
            const FailingAllocation failing{nth};
            try {
                step(run);
                run.fixture.backend->run();
            } catch (const std::bad_alloc&) {
            } catch (const Error&) {
            }
            has_failed = failing.has_happened();
        }
        run.fixture.backend->advance(2s);
        check_counts(run);
        check_works(run);
        if (!has_failed || nth == 1000) {
            return nth - 1;
        }
    }
}

const Step kNothing = [](Run&) {};

void open_both(Run& run) {
    run.borrow();
    run.borrow();
    run.leases.clear();
    run.fixture.backend->run();
}

void open_both_cold(Run& run) {
    open_both(run);
    run.fixture.backend->advance(5s);  // out of the lane, and to be validated
}

void lend_both(Run& run) {
    run.borrow();
    run.borrow();
}

TEST_CASE("no allocation that fails in an acquire costs the pool anything", "[unit][pool]") {
    const Step acquire = [](Run& run) { run.borrow(); };
    CHECK(fail_each(kNothing, acquire) > 5);  // and opens
    CHECK(fail_each(open_both_cold, acquire) > 2);
    CHECK(fail_each(open_both, acquire) == 0);  // in the lane
}

TEST_CASE("no allocation that fails in an acquire that is refused costs the pool anything",
          "[unit][pool]") {
    CHECK(fail_each(lend_both, [](Run& run) { run.borrow(10ms); }) > 5);
    CHECK(fail_each(lend_both, [](Run& run) { run.borrow(0s); }) > 2);
    const Step be_down = [](Run& run) {
        run.fixture.script->connect = [](Deadline) { throw ConnectError{"down"}; };
        try {
            run.borrow(1s);
        } catch (...) {
            run.fixture.script->connect = [](Deadline) {};
            throw;
        }
    };
    CHECK(fail_each(kNothing, be_down) > 10);
}

TEST_CASE("no allocation that fails in a release costs the pool anything", "[unit][pool]") {
    const Step release = [](Run& run) { run.leases.pop_back(); };
    const Step discard = [](Run& run) {
        run.leases.back().discard();
        run.leases.pop_back();
    };
    const Step lend_to_waiting = [](Run& run) {
        lend_both(run);
        run.wait_for_one();
    };
    const Step lend_to_reset = [](Run& run) {
        lend_both(run);
        run.fixture.script->needs_reset = true;
    };
    static_cast<void>(fail_each(lend_both, release));
    CHECK(fail_each(lend_both, discard) > 1);
    CHECK(fail_each(lend_to_reset, release) > 1);
    static_cast<void>(fail_each(lend_to_waiting, release));
    CHECK(fail_each(lend_to_waiting, discard) > 5);
}

TEST_CASE("no allocation that fails in an open, a validation or a reset costs the pool anything",
          "[unit][pool]") {
    const Step validate_badly = [](Run& run) {
        run.fixture.script->validate = [](int, Deadline) { throw IoError{"gone"}; };
        run.borrow();
    };
    CHECK(fail_each(open_both_cold, validate_badly) > 5);
    const Step reset_badly = [](Run& run) {
        run.fixture.script->needs_reset = true;
        run.fixture.script->reset = [](int, Deadline) { throw IoError{"gone"}; };
        run.leases.clear();
        run.fixture.backend->run();
        run.fixture.script->needs_reset = false;
    };
    CHECK(fail_each(lend_both, reset_badly) > 2);
}

TEST_CASE("no allocation that fails in a resize costs the pool anything", "[unit][pool]") {
    const Step grow = [](Run& run) { run.fixture.typed().resize(20, 5); };
    const Step shrink = [](Run& run) { run.fixture.typed().resize(1, 0); };
    CHECK(fail_each(kNothing, grow) > 10);
    CHECK(fail_each(open_both, grow) > 10);
    CHECK(fail_each(open_both, shrink) > 1);
    static_cast<void>(fail_each(lend_both, shrink));
}

TEST_CASE("no allocation that fails in a flush costs the pool anything", "[unit][pool]") {
    const Step flush = [](Run& run) { run.fixture.typed().flush(); };
    CHECK(fail_each(open_both, flush) > 1);
    static_cast<void>(fail_each(lend_both, flush));
}

}  // namespace
}  // namespace cistern::test
