// Health checks: the server is asked by one connection, and what is known is told.

#include "pool/evidence.hpp"
#include "pool/keyed_pool.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

#include <algorithm>
#include <utility>

namespace cistern {
namespace {

class Reasons {
public:
    void add(const std::string& reason) {
        text_ += (text_.empty() ? "" : "; ") + reason;
        state_ = std::max(state_, HealthState::kDegraded);
    }
    void add_down(const std::string& reason) {
        add(reason);
        state_ = HealthState::kDown;
    }
    void tell(PoolHealth& health) {
        health.state = state_;
        health.why = std::move(text_);
    }

private:
    std::string text_;
    HealthState state_ = HealthState::kHealthy;
};

// Whoever asks now waits for a lease to end.
bool is_all_in_use(const PoolStats& stats) {
    return stats.idle + stats.connecting + stats.validating == 0 &&
           stats.total - stats.closing + stats.taken_by_others >= stats.max_size;
}

void add_counts(const PoolStats& stats, Reasons& reasons) {
    if (stats.is_paused) {
        reasons.add("it is paused");
    }
    if (is_all_in_use(stats)) {
        reasons.add("all connections are in use (" +
                    std::to_string(stats.total + stats.taken_by_others) + " of " +
                    std::to_string(stats.max_size) + ")");
    }
    if (stats.waiting > 0) {
        reasons.add("callers wait (" + std::to_string(stats.waiting) + ")");
    }
    if (stats.circuit.state != CircuitState::kClosed) {
        reasons.add(circuit_in_words(stats.circuit));
    }
}

}  // namespace

// Until one connection has answered, or nothing is left that could be asked.
class PoolImpl::Check final : public PendingCheck {
public:
    explicit Check(std::shared_ptr<PoolImpl> pool)
        : pool_{std::move(pool)}, began_{pool_->clock().now()} {
        pool_->step([&](core::Instant now, core::Actions& actions) {
            good_before_ = pool_->answers_.good;
            for (std::size_t index = 0; index < pool_->endpoints_.size(); ++index) {
                failures_before_.push_back(failures_of(index));
            }
            pool_->answers_.last_bad.clear();
            look(now, actions);
        });
    }

    [[nodiscard]] PoolHealth finish(Deadline deadline) override {
        while (!is_over_ && pool_->watch_until(deadline, [&] { return has_news(); })) {
            pool_->step([&](core::Instant now, core::Actions& actions) { look(now, actions); });
        }
        if (!is_over_) {
            pool_->step([&](core::Instant now, core::Actions&) { health_ = verdict(now); });
        }
        return std::move(health_);
    }

private:
    [[nodiscard]] std::uint64_t failures_of(std::size_t endpoint) const {
        const auto& failure = pool_->endpoints_[endpoint].last_failure;
        return failure ? failure->count : 0;
    }
    [[nodiscard]] bool have_all_failed() const {
        for (std::size_t index = 0; index < failures_before_.size(); ++index) {
            if (failures_of(index) == failures_before_[index]) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] bool is_answered() const { return pool_->answers_.good > good_before_; }
    [[nodiscard]] std::uint32_t count(core::ConnectionState state) const {
        return pool_->machine_.count(state);
    }
    // What is being reset is no answer, but can be asked next.
    [[nodiscard]] bool is_answer_coming() const {
        using enum core::ConnectionState;
        return count(kConnecting) + count(kValidating) + count(kResetting) > 0;
    }
    [[nodiscard]] bool has_news() const {
        const auto& machine = pool_->machine_;
        if (is_answered() || machine.is_closed() || machine.is_paused()) {
            return true;
        }
        return !is_answer_coming() &&
               (!is_turned_away_ || pool_->endpoint_calls_ != endpoint_calls_) &&
               (awaited_closes_ == 0 || count(core::ConnectionState::kClosing) < awaited_closes_);
    }

    void look(core::Instant now, core::Actions& actions) {
        const auto& machine = pool_->machine_;
        is_over_ = is_answered() || machine.is_closed() || machine.is_paused() ||
                   (have_all_failed() && !is_answer_coming()) || !ask(now, actions);
        if (is_answered()) {
            ping_ = pool_->answers_.last_good;
        }
        // Of this moment: a little later the reason may be gone.
        if (is_over_) {
            health_ = verdict(now);
        }
    }

    // Sees to it that an answer is coming; false when that cannot be.
    [[nodiscard]] bool ask(core::Instant now, core::Actions& actions) {
        using enum core::ConnectionState;
        auto& machine = pool_->machine_;
        is_turned_away_ = false;
        awaited_closes_ = 0;
        if (count(kValidating) == 0) {
            if (count(kIdle) == 0) {
                pool_->take_one_idle_out_of_lane(now, actions);
            }
            if (machine.validate_longest_idle(actions)) {
                return true;
            }
        }
        if (is_answer_coming()) {
            return true;
        }
        if (machine.total() >= machine.options().max_size || !pool_->has_room()) {
            awaited_closes_ = count(kClosing);
            return awaited_closes_ > 0;
        }
        return open(now, actions);
    }

    // Within the rules for all opens: a check is no reason to storm a server.
    [[nodiscard]] bool open(core::Instant now, core::Actions& actions) {
        const auto entered = pool_->machine_.enter_endpoint(
            [&](std::uint32_t endpoint) { return pool_->try_enter(endpoint, now); });
        if (!entered.answer.admitted) {
            // Within the back-off there is nothing to wait for; others' opens end soon.
            is_turned_away_ = entered.answer.retry_at == core::kNever || !entered.answer.is_failing;
            endpoint_calls_ = pool_->endpoint_calls_;
            return is_turned_away_;
        }
        if (pool_->seat_ != nullptr && !pool_->parts_.capacity->try_take(pool_->seat_, 1)) {
            pool_->endpoints_[entered.endpoint].state->leave_untried();
            pool_->left_untried_ = entered.endpoint;
            return false;
        }
        pool_->machine_.start_open(entered, actions);
        return true;
    }

    [[nodiscard]] PoolHealth verdict(core::Instant now) const {
        PoolHealth health{.pool = pool_->parts_.name,
                          .why = {},
                          .ping = ping_,
                          .is_closed = pool_->machine_.is_closed(),
                          .stats = pool_->stats_now(now)};
        const auto& stats = health.stats;
        Reasons reasons;
        if (health.is_closed) {
            reasons.add_down("it is drained or closed and lends nothing any more");
        } else if (!ping_ && !is_over_) {
            reasons.add_down("the server did not answer within " + duration_in_words(now - began_));
        } else if (!ping_ && !stats.is_paused && !is_all_in_use(stats)) {
            reasons.add_down("no connection can be opened");
        }
        if (!ping_ && !pool_->answers_.last_bad.empty()) {
            reasons.add("validation failed: " + pool_->answers_.last_bad);
        }
        add_counts(stats, reasons);
        reasons.tell(health);
        return health;
    }

    const std::shared_ptr<PoolImpl> pool_;
    const core::Instant began_;
    std::uint64_t good_before_ = 0;
    std::vector<std::uint64_t> failures_before_;  // of each endpoint
    bool is_over_ = false;
    bool is_turned_away_ = false;  // by the endpoint, until another open ends
    std::uint64_t endpoint_calls_ = 0;
    std::uint32_t awaited_closes_ = 0;  // of what is closing now: one will make room
    std::optional<Ping> ping_;
    PoolHealth health_;
};

std::unique_ptr<PendingCheck> PoolImpl::begin_check() {
    return std::make_unique<Check>(shared_from_this());
}

PoolHealth PoolImpl::check(Timeout timeout) {
    const auto deadline = clock().deadline_after(timeout);
    return begin_check()->finish(deadline);
}

// -- Pools by key ---------------------------------------------------------------------------------

// All matches that have something to ask, or callers who wait for it. One whose connections are all
// lent is left out: others would give way for whoever asks, but not for a check.
class KeyedPool::Check final : public PendingCheck {
public:
    explicit Check(KeyedPool& pool) : pool_{pool} {
        for (auto& match : pool.all()) {
            const auto stats = match->stats();
            if (stats.idle + stats.connecting + stats.validating + stats.waiting > 0) {
                begun_.push_back(match->begin_check());
                matches_.push_back(std::move(match));
            }
        }
        if (begun_.empty()) {
            begun_.push_back(pool.unmatched_->begin_check());
        }
    }

    [[nodiscard]] PoolHealth finish(Deadline deadline) override {
        PoolHealth health{.pool = pool_.name(), .why = {}, .ping = {}, .stats = {}};
        std::size_t down = 0;
        std::size_t unwell = 0;
        for (const auto& check : begun_) {
            const auto found = check->finish(deadline);
            health.is_closed = found.is_closed;
            if (found.ping && (!health.ping || health.ping->took < found.ping->took)) {
                health.ping = found.ping;
            }
            down += found.state == HealthState::kDown ? 1 : 0;
            if (found.state != HealthState::kHealthy && ++unwell <= kToldInWords) {
                health.why += (unwell > 1 ? "; " : "") + found.pool + ": " + found.why;
            }
        }
        if (unwell > kToldInWords) {
            health.why += "; and " + std::to_string(unwell - kToldInWords) + " other matches";
        }
        health.state = unwell == 0             ? HealthState::kHealthy
                       : down == begun_.size() ? HealthState::kDown
                                               : HealthState::kDegraded;
        health.stats = pool_.stats();
        return health;
    }

private:
    static constexpr std::size_t kToldInWords = 3;

    KeyedPool& pool_;
    std::vector<PoolRef> matches_;  // none is forgotten meanwhile
    std::vector<std::unique_ptr<PendingCheck>> begun_;
};

std::unique_ptr<PendingCheck> KeyedPool::begin_check() {
    return std::make_unique<Check>(*this);
}

PoolHealth KeyedPool::check(Timeout timeout) {
    const auto deadline = backend_->clock().deadline_after(timeout);
    return begin_check()->finish(deadline);
}

}  // namespace cistern
