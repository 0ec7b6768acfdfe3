#include "exhaustive/scene.hpp"

#include "backend/simulation/simulation_backend.hpp"
#include "pool/keyed_pool.hpp"
#include "pool/pool_impl.hpp"

#include <cistern/pool.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <stop_token>

namespace cistern::test {
namespace {

using namespace std::chrono_literals;
using simulation::Access;
using simulation::Scheduler;

constexpr auto kSweepInterval = 10ms;
// The second sweep after they entered takes connections out of the lane that nobody used.
constexpr auto kMoment = 2 * kSweepInterval;
constexpr auto kLong = 10s;
constexpr auto kOneMatch = "one";
constexpr auto kOtherMatch = "other";

struct NumberedSession {
    NumberedSession() = default;
    NumberedSession(const NumberedSession&) = delete;
    NumberedSession& operator=(const NumberedSession&) = delete;
    virtual ~NumberedSession() = default;
    [[nodiscard]] virtual std::uint32_t number() const = 0;
};

class NumberedConnection final : public Connection, public NumberedSession {
public:
    explicit NumberedConnection(std::uint32_t number) : number_{number} {}
    void validate(Deadline) override {}
    [[nodiscard]] bool needs_reset() const noexcept override { return false; }
    [[nodiscard]] std::uint32_t number() const override { return number_; }

private:
    const std::uint32_t number_;
};

class NumberedConnector final : public Connector {
public:
    std::unique_ptr<Connection> connect(IoContext&, const ConnectorConfig&, Deadline) override {
        return std::make_unique<NumberedConnection>(++made_);
    }

private:
    std::uint32_t made_ = 0;
};

class Stage {
public:
    Stage(const Scene& scene,
          simulation::Guide& guide,
          std::function<void()> begin,
          std::shared_ptr<simulation::StackPool> stacks);

    [[nodiscard]] Finding run();

private:
    using Lent = Lease<NumberedSession>;

    void conduct();
    void set_up();
    void check_quiet();
    void check_end();
    void play(Role role);
    void borrow(Timeout timeout, const std::stop_token& stop = {}, const char* match = kOneMatch);
    [[nodiscard]] Lent acquire(Timeout timeout,
                               const std::stop_token& stop = {},
                               const char* match = kOneMatch);
    void hold(Lent lease);
    // What is shared by tasks without the pool: a point at which they can be interrupted.
    void before_use(std::uint32_t connection) {
        scheduler_.before_access(&owners_[connection], false);
    }
    void before_signal() {
        scheduler_.yield_point("signal", {.kind = Access::Kind::kWrite, .is_locked = true});
    }
    void sleep_until_moment() { scheduler_.sleep_until(Clock::deadline_at(moment_)); }
    [[nodiscard]] bool is_pending(Role role) const {
        return std::find(scene_.roles.begin(), scene_.roles.end(), role) != scene_.roles.end();
    }

    const Scene scene_;
    const std::function<void()> begin_;
    std::shared_ptr<simulation::SimulationBackend> backend_;
    Scheduler& scheduler_;
    std::shared_ptr<RunningPool> pool_;
    Pool<NumberedSession>* typed_ = nullptr;
    std::chrono::nanoseconds moment_{};
    std::map<std::uint32_t, std::uint32_t> owners_;  // of each connection
    std::uint32_t held_ = 0;
    std::uint32_t discarded_ = 0;
    std::stop_source stop_;
    std::vector<std::shared_ptr<simulation::Task>> mortals_;
    std::size_t playing_ = 0;
};

Stage::Stage(const Scene& scene,
             simulation::Guide& guide,
             std::function<void()> begin,
             std::shared_ptr<simulation::StackPool> stacks)
    : scene_{scene},
      begin_{std::move(begin)},
      backend_{std::make_shared<simulation::SimulationBackend>(
          1, simulation::Tuning{}, simulation::FaultRates{}, std::move(stacks))},
      scheduler_{backend_->scheduler()} {
    scheduler_.follow(guide);
    scheduler_.keep_per_task(std::as_writable_bytes(std::span{&detail::lane_thread, 1}));
}

Finding Stage::run() {
    scheduler_.on_quiet([this] { check_quiet(); });
    scheduler_.spawn("conductor", [this] { conduct(); });
    Finding finding;
    switch (scheduler_.run()) {
        case Scheduler::Ending::kDone:
            return finding;
        case Scheduler::Ending::kStopped:
            finding.what = scheduler_.reason();
            break;
        case Scheduler::Ending::kStuck:
            finding.what = "deadlock: nothing can run and nothing is due";
            break;
        case Scheduler::Ending::kTooLong:
            finding.what = "no end in sight";
            break;
    }
    constexpr std::size_t kLines = 60;
    finding.trace = scheduler_.trace().tail(kLines, Scheduler::beginning()) + scheduler_.waiting();
    return finding;
}

void Stage::set_up() {
    PoolOptions options;
    options.max_size = scene_.connections;
    options.bypass_window = scene_.bypass_window;
    options.max_lifetime = 0s;
    options.idle_timeout = 0s;
    options.validate_after_idle = 1h;
    options.reap_interval = kSweepInterval;
    const PoolParts parts{.name = "scene",
                          .plugin = "numbered",
                          .options = options,
                          .connector = std::make_shared<NumberedConnector>(),
                          .config = {},
                          .backend = backend_};
    if (scene_.is_keyed) {
        pool_ = std::make_shared<KeyedPool>(parts, [parts](const std::string&) { return parts; });
    } else {
        pool_ = make_pool(parts);
    }
    pool_->start();
    typed_ = &detail::typed<NumberedSession>(*pool_);
    if (scene_.is_keyed) {
        static_cast<void>(pool_->matching(kOtherMatch));
    }
    std::vector<Lent> all;
    for (std::uint32_t made = 0; made < scene_.connections; ++made) {
        all.push_back(acquire(kLong));
        before_use(all.back()->number());
    }
    moment_ = scheduler_.now() + (scene_.is_swept ? kMoment : kMoment - kSweepInterval / 2);
}

void Stage::conduct() {
    set_up();
    playing_ = scene_.roles.size();
    for (const auto role : scene_.roles) {
        auto task = scheduler_.spawn("player", [this, role] {
            try {
                play(role);
            } catch (const Cancelled&) {
                // Before it began to wait for a connection.
            }
            --playing_;
        });
        if (role == Role::kMayBeKilled) {
            mortals_.push_back(std::move(task));
        }
    }
    scheduler_.at(moment_ - 1ns, begin_);
    while (playing_ > 0) {
        scheduler_.sleep_until(Clock::deadline_at(scheduler_.now() + kMoment));
    }
    check_end();
    typed_ = nullptr;
    pool_->close(backend_->clock().deadline_after(kLong));
    pool_.reset();
    static_cast<void>(backend_->stop(backend_->clock().deadline_after(kLong)));
}

// -- Who takes part -------------------------------------------------------------------------------

void Stage::play(Role role) {
    if (role == Role::kReturns || role == Role::kDiscards) {
        scheduler_.sleep_until(Clock::deadline_at(scheduler_.now() + 1ms));
        auto lease = acquire(kLong);
        ++owners_[lease->number()];
        ++held_;
        sleep_until_moment();
        --owners_[lease->number()];
        --held_;
        if (role == Role::kDiscards) {
            ++discarded_;
            lease.discard();
        }
        return;
    }
    if (role == Role::kIsTooLate) {
        scheduler_.sleep_until(Clock::deadline_at(scheduler_.now() + 2ms));
        return borrow(moment_ - scheduler_.now());
    }
    sleep_until_moment();
    switch (role) {
        case Role::kBorrows:
            return borrow(kLong);
        case Role::kBorrowsTwice:
            borrow(kLong);
            return borrow(kLong);
        case Role::kBorrowsOther:
            return borrow(kLong, {}, kOtherMatch);
        case Role::kMayBeStopped:
            return borrow(kLong, stop_.get_token());
        case Role::kMayBeKilled:
            return borrow(kLong);
        case Role::kTries:
            if (auto lease = typed_->try_acquire()) {
                hold(std::move(*lease));
            }
            return;
        case Role::kStops:
            before_signal();
            stop_.request_stop();
            return;
        case Role::kKills:
            before_signal();
            for (const auto& mortal : mortals_) {
                mortal->cancel();
            }
            return;
        case Role::kReturns:
        case Role::kDiscards:
        case Role::kIsTooLate:
            return;
    }
}

Stage::Lent Stage::acquire(Timeout timeout, const std::stop_token& stop, const char* match) {
    if (scene_.is_keyed) {
        return typed_->acquire(match, timeout);
    }
    return stop.stop_possible() ? typed_->acquire(timeout, stop) : typed_->acquire(timeout);
}

void Stage::borrow(Timeout timeout, const std::stop_token& stop, const char* match) {
    try {
        hold(acquire(timeout, stop, match));
    } catch (const AcquireTimeout& error) {
        if (scheduler_.now() > moment_) {
            scheduler_.stop_for(std::string{"not served: "} + error.what());
        }
    } catch (const Cancelled&) {
        if (!is_pending(Role::kStops) && !is_pending(Role::kKills)) {
            scheduler_.stop_for("cancelled by nobody");
        }
    }
}

// Between its first step and its last one a lease is alone with its connection.
void Stage::hold(Lent lease) {
    ++held_;
    if (++owners_[lease->number()] > 1) {
        scheduler_.stop_for("two owners of connection " + std::to_string(lease->number()));
    }
    before_use(lease->number());
    --owners_[lease->number()];
    --held_;
}

// -- What has to be true --------------------------------------------------------------------------

void Stage::check_quiet() {
    if (pool_ == nullptr) {
        return;
    }
    const auto stats = pool_->stats();
    const auto counts = std::to_string(stats.waiting) + " wait, " + std::to_string(stats.idle) +
                        " idle, " + std::to_string(stats.lent) + " lent";
    if (stats.waiting > 0 && stats.idle > 0) {
        scheduler_.stop_for("lost wake-up: " + counts);
    }
    if (typed_ != nullptr && playing_ > 0 && stats.lent != held_) {
        scheduler_.stop_for("capacity: " + std::to_string(held_) + " are held, and the pool says " +
                            counts);
    }
}

void Stage::check_end() {
    const auto stats = pool_->stats();
    const auto made = scene_.connections + stats.closed;
    if (stats.lent != 0 || stats.waiting != 0 || stats.acquired != stats.released ||
        stats.closed != discarded_ + stats.closed_evicted || stats.opened > made ||
        stats.total > scene_.connections || stats.opened - stats.closed != stats.total ||
        stats.idle != stats.total) {
        scheduler_.stop_for("capacity: at the end " + std::to_string(stats.waiting) + " wait, " +
                            std::to_string(stats.idle) + " idle, " + std::to_string(stats.lent) +
                            " lent, " + std::to_string(stats.opened) + " opened, " +
                            std::to_string(stats.closed) + " closed");
    }
}

}  // namespace

Finding run_scene(const Scene& scene,
                  simulation::Guide& guide,
                  const std::function<void()>& begin,
                  const std::shared_ptr<simulation::StackPool>& stacks) {
    auto stage = std::make_unique<Stage>(scene, guide, begin, stacks);
    auto finding = stage->run();
    if (!finding.what.empty()) {
        // Unwinding a pool that broke its promises may hang or crash, and hide what was found.
        static_cast<void>(stage.release());
    }
    return finding;
}

}  // namespace cistern::test
