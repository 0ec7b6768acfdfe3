#include "pool/pool_impl.hpp"

#include "base/mutants.hpp"
#include "core/expiry.hpp"
#include "pool/evidence.hpp"
#include "pool/pool_step.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cistern {
namespace {

// Closes the pool when the last owner lets go of it, whatever else still refers to it.
struct Owner {
    std::shared_ptr<PoolImpl> pool;

    explicit Owner(std::shared_ptr<PoolImpl> owned) noexcept : pool{std::move(owned)} {}
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
    ~Owner() { pool->close(Clock::deadline_at(core::Instant::zero())); }
};

}  // namespace

std::shared_ptr<PoolImpl> make_pool(PoolParts parts) {
    if (parts.endpoints.empty()) {
        parts.endpoints.push_back({std::move(parts.endpoint)});
    }
    for (auto& endpoint : parts.endpoints) {
        if (endpoint.state == nullptr) {
            endpoint.state = std::make_shared<EndpointState>();
        }
    }
    if (parts.circles == nullptr) {
        parts.circles = std::make_shared<WaitCircles>();
    }
    auto pool = std::make_shared<PoolImpl>(std::move(parts));
    pool->join_others();
    PoolImpl* const face = pool.get();
    return {std::make_shared<Owner>(std::move(pool)), face};
}

PoolImpl::PoolImpl(PoolParts parts)
    : parts_{std::move(parts)},
      blocks_thread_{parts_.connector->blocks_thread(parts_.config)},
      observer_{parts_.observer},
      sweep_interval_{core::lane_sweep_interval(parts_.options)},
      machine_{parts_.options,
               sweep_interval_ > sweep_interval_.zero(),
               parts_.endpoints.size() > 1 ? parts_.backend->random() : 0.0},
      budget_{parts_.options.retry.budget} {
    for (auto& endpoint : parts_.endpoints) {
        endpoints_.push_back({endpoint.state, std::move(endpoint.settings)});
    }
    add_entries();
}

PoolImpl::~PoolImpl() {
    fork_watch_.reset();
    if (circle_seat_ != nullptr) {
        parts_.circles->leave(circle_seat_);
    }
    if (seat_ != nullptr) {
        parts_.capacity->leave(seat_);
    }
    for (std::size_t joined = 0; joined < joined_; ++joined) {
        endpoints_[joined].state->leave(endpoints_[joined].member);
    }
}

// Under the lock that a fork takes: what it finds joined is what it holds, and no more.
void PoolImpl::join_others() {
    fork_watch_ = parts_.backend->watch_forks(*this);
    const std::lock_guard lock{mutex_};
    for (auto& endpoint : endpoints_) {
        endpoint.member = endpoint.state->join(weak_from_this());
        ++joined_;
    }
    if (parts_.capacity != nullptr) {
        seat_ = parts_.capacity->join(weak_from_this());
    }
    circle_seat_ = parts_.circles->join(
        weak_from_this(),
        seat_ != nullptr ? static_cast<const void*>(parts_.capacity.get()) : this);
}

void PoolImpl::start() {
    step([](core::Instant, core::Actions&) {});
}

void PoolImpl::close(Deadline deadline) noexcept {
    using enum core::ConnectionState;
    try {
        step([&](core::Instant now, core::Actions& actions) { machine_.close(now, actions); });
        watch_until(deadline, [&] { return machine_.total() == machine_.count(kLent); });
    } catch (...) {
        // Out of memory: then nobody is waited for.
    }
    const std::lock_guard lock{mutex_};
    is_detached_ = true;
    if (machine_.count(kLent) > 0) {
        self_ = shared_from_this();
    }
}

// One for each slot that the machine has made.
void PoolImpl::add_entries() {
    while (entries_.size() < machine_.places()) {
        core::Slot& slot = machine_.slot(static_cast<std::uint32_t>(entries_.size()));
        slot.entry = &entries_.emplace_back();
        lane_.link(slot);
    }
}

void PoolImpl::warm_up(Timeout timeout) {
    using enum core::ConnectionState;
    const auto deadline = clock().deadline_after(timeout);
    const auto began = clock().now();
    const auto count = [](const PoolEndpoint& endpoint) {
        return endpoint.last_failure ? endpoint.last_failure->count : 0;
    };
    const auto is_final = [](const PoolEndpoint& endpoint) {
        const auto& facts = endpoint.last_failure->facts;
        return facts != nullptr && facts->is_final;
    };
    std::vector<std::uint64_t> before;
    step([&](core::Instant, core::Actions&) {
        std::transform(endpoints_.begin(), endpoints_.end(), std::back_inserter(before), count);
    });

    bool is_warm = false;
    bool is_closed = false;
    std::exception_ptr error;
    watch_until(deadline, [&] {
        const auto open = machine_.count(kIdle) + machine_.count(kInLane) + machine_.count(kLent) +
                          machine_.count(kValidating) + machine_.count(kResetting);
        is_warm = open >= machine_.options().min_idle;
        is_closed = machine_.is_closed();
        bool is_given_up = true;
        error = nullptr;
        for (std::size_t index = 0; index < endpoints_.size(); ++index) {
            const auto& endpoint = endpoints_[index];
            const auto tried = count(endpoint) - before[index];
            error = tried > 0 ? failure_to_tell(clock().now()) : error;
            is_given_up = is_given_up && tried > 0 &&
                          (is_final(endpoint) || tried >= parts_.options.retry.max_attempts);
        }
        return is_warm || is_closed || is_given_up;
    });
    if (is_warm) {
        return;
    }
    if (is_closed) {
        refuse_closed();
    }
    if (error != nullptr) {
        std::rethrow_exception(error);
    }
    const core::Waiter caller{.task = detail::this_task(), .since = began};
    AcquireEvidence evidence;
    std::uint32_t min_idle = 0;
    step([&](core::Instant now, core::Actions&) {
        evidence = evidence_now(caller, now);
        min_idle = machine_.options().min_idle;
    });
    throw AcquireTimeout{"pool \"" + parts_.name + "\": min_idle is " + std::to_string(min_idle) +
                             ", and not as many are open after " + duration_in_words(timeout) +
                             " " + in_words(evidence),
                         std::move(evidence)};
}

// -- What a step leaves to do ---------------------------------------------------------------------

bool PoolImpl::start_opens(core::Instant now, core::Actions& actions) noexcept {
    retry_at_ = core::kNever;
    while (const auto wanted = machine_.opens_wanted()) {
        const auto entered = machine_.enter_endpoint(
            [&](std::uint32_t endpoint) { return try_enter(endpoint, now); });
        if (const auto& answer = entered.answer; !answer.admitted) {
            retry_at_ = CISTERN_MUTANT(kNobodyTriesAgain) ? core::kNever : answer.retry_at;
            // Where there is no room, a connection that comes back is what is waited for.
            if (answer.is_failing && parts_.options.fail_fast && has_room()) {
                refuse_unserved(now, actions);
            }
            break;
        }
        if (seat_ != nullptr && !parts_.capacity->try_take(seat_, wanted)) {
            endpoints_[entered.endpoint].state->leave_untried();
            left_untried_ = entered.endpoint;
            return true;
        }
        machine_.start_open(entered, actions);
    }
    try_failback(now, actions);
    // Whoever needs no place, or could not use one now, is in nobody's way.
    return seat_ != nullptr && parts_.capacity->withdraw(seat_);
}

void PoolImpl::act(core::Actions& actions, bool is_detached) noexcept {
    while (core::Waiter* const waiter = actions.woken.pop_front()) {
        const auto node = std::exchange(static_cast<WaitNode*>(waiter)->self, nullptr);
        node->parker->unpark();
    }
    while (core::Slot* const slot = actions.tasks.pop_front()) {
        if (is_detached) {
            close_connection(*slot, false);
        } else {
            start_task(*slot);
        }
    }
    if (actions.proposal) {
        observer_.tell([&](PoolObserver& observer) {
            observer.on_size_proposed(parts_.name, *actions.proposal);
        });
    }
    for (const auto& leak : actions.leaks) {
        observer_.tell(
            [&](PoolObserver& observer) { observer.on_leak(parts_.name, holder_of(leak)); });
    }
}

void PoolImpl::on_endpoint_free() noexcept {
    step([&](core::Instant, core::Actions&) { ++endpoint_calls_; });
}

core::Instant PoolImpl::timer_to_set(Timer timer,
                                     core::Instant wanted,
                                     core::Instant latest) noexcept {
    if (is_detached_ || wanted == core::kNever || this->*timer <= latest) {
        return core::kNever;
    }
    this->*timer = wanted;
    return wanted;
}

void PoolImpl::set_timer(Timer timer, core::Instant at) noexcept {
    if (at == core::kNever) {
        return;
    }
    try {
        parts_.backend->call_at(Clock::deadline_at(at), [weak = weak_from_this(), timer, at] {
            if (const auto pool = weak.lock()) {
                pool->on_timer(timer, at);
            }
        });
    } catch (...) {
        const std::lock_guard lock{mutex_};
        this->*timer = core::kNever;  // the next event tries again
    }
}

// One that an earlier one has replaced may still come; it finds nothing to do.
void PoolImpl::on_timer(Timer timer, core::Instant at) noexcept {
    try {
        step([&](core::Instant now, core::Actions& actions) {
            if (this->*timer == at) {
                this->*timer = core::kNever;
            }
            if (timer == &PoolImpl::lane_timer_) {
                sweep_lane(now, actions);
            }
            if (machine_.is_failback_due(now)) {
                empty_lane(now, actions);
            }
            machine_.tick(now, actions);
        });
    } catch (...) {
        // No memory for a leak report: it stays due.
    }
}

// -- Looking --------------------------------------------------------------------------------------

Timeout PoolImpl::default_timeout() const noexcept {
    return parts_.options.acquire_timeout;
}

PoolStats PoolImpl::stats_now(core::Instant now) const {
    PoolStats stats = machine_.stats();
    if (const auto* const failure = last_failure();
        failure != nullptr && failure->facts != nullptr) {
        stats.last_connect_failure = ConnectFailure{failure->facts->what, now - failure->at};
    }
    for (std::size_t index = 0; index < endpoints_.size(); ++index) {
        stats.endpoints[index].circuit = endpoints_[index].state->circuit(now);
    }
    stats.circuit = circuit_now(now);
    if (seat_ != nullptr) {
        const auto taken = parts_.capacity->taken();
        stats.taken_by_others = taken > stats.total ? taken - stats.total : 0;
    }
    const std::lock_guard lock{retry_mutex_};
    stats.retries = retries_;
    return stats;
}

PoolStats PoolImpl::stats() const {
    const std::lock_guard lock{mutex_};
    auto stats = stats_now(clock().now());
    const auto& times = machine_.times();
    stats.wait_time = times.wait.taken();
    stats.connect_time = times.connect.taken();
    stats.validation_time = times.validation.taken();
    stats.use_time = times.use.taken();
    return stats;
}

std::vector<Holder> PoolImpl::holders() {
    std::vector<Holder> holders;
    step([&](core::Instant now, core::Actions& actions) {
        empty_lane(now, actions);
        for (const auto& lease : machine_.holders(now, SIZE_MAX)) {
            holders.push_back(holder_of(lease));
        }
    });
    return holders;
}

}  // namespace cistern
