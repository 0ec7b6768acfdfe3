#include "core/option_rules.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace cistern::core {
namespace {

using std::chrono::nanoseconds;

class Problems {
public:
    void unless(bool is_right, const char* key, std::string message) {
        if (!is_right) {
            found_.push_back({key, std::move(message)});
        }
    }
    void not_negative(nanoseconds value, const char* key) {
        unless(value >= nanoseconds::zero(), key, "must not be negative");
    }
    void positive(nanoseconds value, const char* key) {
        unless(value > nanoseconds::zero(), key, "must be longer than zero");
    }
    void share(double value, const char* key) {
        unless(value >= 0.0 && value <= 1.0, key, "is a share and must be from 0 to 1");
    }
    [[nodiscard]] std::vector<OptionProblem> take() { return std::move(found_); }

private:
    std::vector<OptionProblem> found_;
};

// Each value by itself.
void check_values(const PoolOptions& options, Problems& problems) {
    problems.unless(options.max_size >= 1, "max_size", "must be at least 1");
    problems.not_negative(options.acquire_timeout, "acquire_timeout");
    problems.not_negative(options.bypass_window, "bypass_window");
    problems.not_negative(options.codel.target, "codel.target");
    problems.positive(options.codel.interval, "codel.interval");
    problems.positive(options.connect_timeout, "connect_timeout");
    problems.unless(options.max_connecting >= 1, "max_connecting", "must be at least 1");
    problems.unless(options.retry.max_attempts >= 1, "retry.max_attempts", "must be at least 1");
    problems.not_negative(options.retry.initial_delay, "retry.initial_delay");
    problems.unless(options.retry.multiplier >= 1.0,
                    "retry.multiplier",
                    "must be at least 1: delays do not shrink");
    problems.not_negative(options.retry.max_delay, "retry.max_delay");
    problems.share(options.retry.jitter, "retry.jitter");
    problems.share(options.retry.budget, "retry.budget");
    problems.not_negative(options.max_lifetime, "max_lifetime");
    problems.unless(options.lifetime_jitter >= 0.0 && options.lifetime_jitter < 1.0,
                    "lifetime_jitter",
                    "is the share by which a lifetime is shortened: from 0 to less than 1");
    problems.not_negative(options.idle_timeout, "idle_timeout");
    problems.not_negative(options.keepalive_interval, "keepalive_interval");
    problems.not_negative(options.reap_interval, "reap_interval");
    problems.not_negative(options.validate_after_idle, "validate_after_idle");
    problems.positive(options.validate_timeout, "validate_timeout");
    problems.not_negative(options.leak_threshold, "leak_threshold");
}

// Values that make no sense together. A connect_timeout beyond the acquire_timeout is none of them:
// the open goes on without the caller who wanted it, and serves the next one.
void check_pairs(const PoolOptions& options, Problems& problems) {
    problems.unless(options.min_idle <= options.max_size,
                    "min_idle",
                    "is " + std::to_string(options.min_idle) + ", more than max_size, which is " +
                        std::to_string(options.max_size));
    problems.unless(options.match_by.empty() || options.min_idle == 0,
                    "min_idle",
                    "must be 0 with match_by: what is kept idle would have to give way to others");
    problems.unless(options.codel.target <= options.codel.interval,
                    "codel.target",
                    "must not be longer than codel.interval, in which it is to be reached");
    problems.unless(options.retry.initial_delay <= options.retry.max_delay,
                    "retry.initial_delay",
                    "must not be longer than retry.max_delay");
    problems.unless(options.max_lifetime <= nanoseconds::zero() ||
                        options.keepalive_interval < options.max_lifetime,
                    "keepalive_interval",
                    "must be shorter than max_lifetime, or no connection lives to see it");
}

void check_endpoints(const PoolOptions& options, Problems& problems) {
    problems.unless(options.endpoints.size() <= kMostEndpoints,
                    "endpoints",
                    "must not be more than " + std::to_string(kMostEndpoints));
    problems.not_negative(options.failback_after, "failback_after");
    problems.unless(
        options.failback_after <= nanoseconds::zero() ||
            (options.endpoint_policy == EndpointPolicy::kFailover && options.endpoints.size() > 1),
        "failback_after",
        "is for pools with several endpoints and endpoint_policy = failover");
}

void check_reserve(const PoolOptions& options, Problems& problems) {
    const auto reserved = std::uint64_t{options.reserve.high} + options.reserve.normal;
    const char* const key = options.reserve.high != 0 ? "reserve.high" : "reserve.normal";
    if (reserved == 0) {
        return;
    }
    problems.unless(
        options.max_size > reserved,
        key,
        "with " + std::to_string(reserved) + " connections reserved, and a max_size of " +
            std::to_string(options.max_size) + ", nothing is left for less urgent callers");
    problems.unless(options.match_by.empty(),
                    key,
                    "must be 0 with match_by: matches share what would have to be kept");
}

void check_adaptive(const PoolOptions& options, Problems& problems) {
    const auto& adaptive = options.adaptive;
    const auto reserved = std::uint64_t{options.reserve.high} + options.reserve.normal;
    const char* const key = "adaptive.min_size";
    problems.positive(adaptive.interval, "adaptive.interval");
    problems.unless(adaptive.samples >= 1, "adaptive.samples", "must be at least 1");
    problems.unless(adaptive.min_size >= 1, key, "must be at least 1");
    if (adaptive.mode == AdaptiveMode::kOff) {
        return;
    }
    const auto is = "is " + std::to_string(adaptive.min_size);
    problems.unless(options.match_by.empty(),
                    "adaptive",
                    "must be off with match_by: matches share what would have to be sized");
    problems.unless(adaptive.min_size <= options.max_size,
                    key,
                    is + ", more than max_size, which is " + std::to_string(options.max_size));
    problems.unless(adaptive.min_size >= options.min_idle || options.min_idle > options.max_size,
                    key,
                    is + ", less than min_idle, which is " + std::to_string(options.min_idle));
    problems.unless(adaptive.min_size > reserved || reserved >= options.max_size,
                    key,
                    is + ", and with " + std::to_string(reserved) +
                        " connections reserved nothing would be left for less urgent callers");
}

}  // namespace

std::vector<OptionProblem> check_options(const PoolOptions& options) {
    Problems problems;
    check_values(options, problems);
    check_pairs(options, problems);
    check_reserve(options, problems);
    check_endpoints(options, problems);
    check_adaptive(options, problems);
    return problems.take();
}

}  // namespace cistern::core
