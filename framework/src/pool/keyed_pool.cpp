#include "pool/keyed_pool.hpp"

#include "pool/stats_sum.hpp"

#include <algorithm>
#include <utility>

namespace cistern {
namespace {

// Below so many nobody looks for what can be forgotten.
constexpr std::size_t kFewMatches = 16;

PoolParts sharing(PoolParts parts,
                  const std::shared_ptr<SharedCapacity>& capacity,
                  const std::shared_ptr<WaitCircles>& circles) {
    parts.capacity = capacity;
    parts.circles = circles;
    return parts;
}

}  // namespace

KeyedPool::KeyedPool(PoolParts unmatched, PartsFor parts_for)
    : backend_{unmatched.backend},
      parts_for_{std::move(parts_for)},
      capacity_{std::make_shared<SharedCapacity>(unmatched.options.max_size)},
      circles_{unmatched.circles != nullptr ? unmatched.circles : std::make_shared<WaitCircles>()},
      unmatched_{make_pool(sharing(std::move(unmatched), capacity_, circles_))},
      forget_at_{kFewMatches},
      rules_{.max_size = unmatched_->stats().max_size},
      fork_watch_{backend_->watch_forks(*this)} {}

KeyedPool::~KeyedPool() = default;

// -- Matches --------------------------------------------------------------------------------------

std::shared_ptr<detail::PoolCore> KeyedPool::matching(std::string_view match) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto found = matched_.find(match); found != matched_.end()) {
            return found->second;
        }
    }
    return add(std::string{match});
}

KeyedPool::PoolRef KeyedPool::add(const std::string& match) {
    forget_unused();
    auto made = make_pool(sharing(parts_for_(match), capacity_, circles_));
    made->start();
    apply_rules(*made);
    PoolRef kept;
    {
        const std::lock_guard lock{mutex_};
        if (is_closed_) {
            unmatched_->refuse_closed();
        }
        kept = matched_.try_emplace(match, made).first->second;
    }
    // Once more: what was decided before it could be found did not reach it.
    apply_rules(*kept);
    return kept;
}

// Until they are still the same afterwards: somebody may change them meanwhile.
void KeyedPool::apply_rules(PoolImpl& pool) const {
    auto rules = rules_now();
    auto applied = rules;
    do {
        applied = rules;
        pool.follow(rules.max_size, rules.is_paused);
        if (rules.session != nullptr) {
            static_cast<void>(pool.facade(*rules.session, rules.cast, rules.make_facade));
        }
        rules = rules_now();
    } while (rules != applied);
}

void KeyedPool::apply_rules_to_all() const {
    for (const auto& pool : all()) {
        apply_rules(*pool);
    }
}

KeyedPool::Rules KeyedPool::rules_now() const {
    const std::lock_guard lock{mutex_};
    return rules_;
}

std::size_t KeyedPool::matches() const {
    const std::lock_guard lock{mutex_};
    return matched_.size();
}

void KeyedPool::forget_unused() {
    const auto unused = take_unused();
    PoolStats counted;
    for (const auto& pool : unused) {
        add_stats(counted, pool->stats());
    }
    const std::lock_guard lock{mutex_};
    add_stats(forgotten_, counted);
    forgotten_.last_connect_failure.reset();  // it would not grow older
    std::erase_if(leaving_, [&](const PoolRef& pool) {
        return std::find(unused.begin(), unused.end(), pool) != unused.end();
    });
}

// Only a match that nobody has in hand may go: nobody can take it in hand meanwhile.
std::vector<KeyedPool::PoolRef> KeyedPool::take_unused() {
    const auto now = backend_->clock().now();
    const std::lock_guard lock{mutex_};
    std::vector<PoolRef> unused;
    if (matched_.size() < forget_at_) {
        return unused;
    }
    std::erase_if(matched_, [&](const auto& match) {
        const auto& pool = match.second;
        const bool goes = pool.use_count() == 1 && pool->is_forgettable(now);
        if (goes) {
            unused.push_back(pool);
        }
        return goes;
    });
    leaving_.insert(leaving_.end(), unused.begin(), unused.end());
    forget_at_ = std::max(kFewMatches, 2 * matched_.size());
    return unused;
}

std::vector<KeyedPool::PoolRef> KeyedPool::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<PoolRef> pools{unmatched_};
    for (const auto& [match, pool] : matched_) {
        pools.push_back(pool);
    }
    return pools;
}

void* KeyedPool::facade(const std::type_info& session,
                        detail::SessionCast cast,
                        std::shared_ptr<void> (*make)(PoolCore&)) {
    static_cast<void>(unmatched_->facade(session, cast, make));
    {
        const std::lock_guard lock{mutex_};
        if (rules_.session != nullptr) {
            return facade_.get();
        }
        facade_ = make(*this);
        rules_.session = &session;
        rules_.cast = cast;
        rules_.make_facade = make;
    }
    apply_rules_to_all();
    return facade_.get();
}

void KeyedPool::before_fork(Stage stage) noexcept {
    if (stage == Stage::kShared) {
        mutex_.lock();
    }
}

void KeyedPool::after_fork_in_child() noexcept {
    forgotten_ = {};
    mutex_.unlock();
}

// -- All of them ----------------------------------------------------------------------------------

void KeyedPool::close(Deadline deadline) noexcept {
    try {
        for (const auto& pool : stop_lending()) {
            pool->close(deadline);
        }
    } catch (...) {
        // Out of memory: then each closes when it is let go of.
    }
}

// First nobody is served any more, and only then is anything waited for.
std::vector<KeyedPool::PoolRef> KeyedPool::stop_lending() {
    {
        const std::lock_guard lock{mutex_};
        is_closed_ = true;
    }
    auto pools = all();
    for (const auto& pool : pools) {
        pool->stop_lending();
    }
    return pools;
}

bool KeyedPool::flush_endpoint(const std::string& endpoint, Flush which) {
    bool is_there = false;
    for (const auto& pool : all()) {
        is_there = pool->flush_endpoint(endpoint, which) || is_there;
    }
    return is_there;
}

bool KeyedPool::drain(Timeout timeout) {
    const auto deadline = backend_->clock().deadline_after(timeout);
    bool is_drained = true;
    for (const auto& pool : stop_lending()) {
        is_drained = pool->drain(backend_->clock().left(deadline)) && is_drained;
    }
    return is_drained;
}

void KeyedPool::flush(Flush which) {
    for (const auto& pool : all()) {
        pool->flush(which);
    }
}

void KeyedPool::reconnect() {
    for (const auto& pool : all()) {
        pool->reconnect();
    }
}

void KeyedPool::resize(std::uint32_t max_size, std::uint32_t min_idle) {
    unmatched_->resize(max_size, min_idle);  // first: it checks them
    {
        const std::lock_guard lock{mutex_};
        rules_.max_size = max_size;
    }
    capacity_->resize(max_size);
    apply_rules_to_all();
    capacity_->tell();
}

void KeyedPool::pause() {
    {
        const std::lock_guard lock{mutex_};
        rules_.is_paused = true;
    }
    unmatched_->pause();
    apply_rules_to_all();
}

void KeyedPool::resume() {
    {
        const std::lock_guard lock{mutex_};
        rules_.is_paused = false;
    }
    unmatched_->resume();
    apply_rules_to_all();
}

PoolStats KeyedPool::stats() const {
    std::vector<PoolRef> pools;
    PoolStats forgotten;
    {
        const std::lock_guard lock{mutex_};
        pools = leaving_;
        for (const auto& [match, pool] : matched_) {
            pools.push_back(pool);
        }
        forgotten = forgotten_;
    }
    auto sum = unmatched_->stats();
    add_stats(sum, forgotten);
    for (const auto& pool : pools) {
        add_stats(sum, pool->stats());
    }
    sum.taken_by_others = 0;
    sum.peak_lent = std::max(sum.peak_lent, sum.lent);
    sum.peak_waiting = std::max(sum.peak_waiting, sum.waiting);
    return sum;
}

std::vector<Holder> KeyedPool::holders() {
    std::vector<Holder> holders;
    for (const auto& pool : all()) {
        const auto some = pool->holders();
        holders.insert(holders.end(), some.begin(), some.end());
    }
    std::stable_sort(holders.begin(), holders.end(), [](const Holder& one, const Holder& other) {
        return one.held > other.held;
    });
    return holders;
}

// -- Callers who name no match --------------------------------------------------------------------

detail::LaneSlot& KeyedPool::acquire(Timeout timeout, std::source_location where) {
    return unmatched_->acquire(timeout, where);
}

detail::LaneSlot& KeyedPool::acquire(const detail::RetryState& attempt,
                                     std::source_location where) {
    return unmatched_->acquire(attempt, where);
}

detail::LaneSlot& KeyedPool::acquire(const AcquireOptions& options, std::source_location where) {
    return unmatched_->acquire(options, where);
}

detail::LaneSlot* KeyedPool::try_acquire(std::source_location where) {
    return unmatched_->try_acquire(where);
}

void KeyedPool::give_back(detail::LaneSlot& lease, bool discard) noexcept {
    unmatched_->give_back(lease, discard);
}

bool KeyedPool::is_still_usable(detail::LaneSlot& taken) noexcept {
    return unmatched_->is_still_usable(taken);
}

detail::RetryState KeyedPool::begin_retry(Timeout timeout) {
    return unmatched_->begin_retry(timeout);
}

bool KeyedPool::may_retry(detail::RetryState& attempt, const Error& error) {
    return unmatched_->may_retry(attempt, error);
}

void KeyedPool::await_retry(const detail::RetryState& attempt) {
    unmatched_->await_retry(attempt);
}

Timeout KeyedPool::default_timeout() const noexcept {
    return unmatched_->default_timeout();
}

const std::string& KeyedPool::plugin() const noexcept {
    return unmatched_->plugin();
}

}  // namespace cistern
