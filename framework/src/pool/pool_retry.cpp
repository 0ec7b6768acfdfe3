// with_retry: which failures are worth another try, when, and how many.

#include "core/backoff.hpp"
#include "pool/pool_impl.hpp"

namespace cistern {

detail::RetryState PoolImpl::begin_retry(Timeout timeout) {
    const std::lock_guard lock{retry_mutex_};
    budget_.count_call();
    return {.deadline = clock().deadline_after(timeout)};
}

bool PoolImpl::may_retry(detail::RetryState& attempt, const Error& error) {
    ++attempt.attempts;
    attempt.avoids = where_it_failed(attempt);
    if (!error.is_transient() || error.outcome_unknown() ||
        attempt.attempts >= parts_.options.retry.max_attempts) {
        return false;
    }
    attempt.resume_at = clock().deadline_after(
        core::backoff_delay(parts_.options.retry, attempt.attempts, parts_.backend->random()));
    // Whoever has no time left for another try is better served by the error at hand.
    if (attempt.resume_at >= attempt.deadline) {
        return false;
    }
    const std::lock_guard lock{retry_mutex_};
    if (!budget_.take()) {
        return false;
    }
    ++retries_;
    return true;
}

// As far as nobody has opened another connection in the same place meanwhile.
std::uint32_t PoolImpl::where_it_failed(const detail::RetryState& attempt) const {
    if (endpoints_.size() == 1 || attempt.used == nullptr) {
        return kMostEndpoints;
    }
    const std::lock_guard lock{mutex_};
    return static_cast<const core::Slot*>(attempt.used)->endpoint;
}

void PoolImpl::await_retry(const detail::RetryState& attempt) {
    const auto parker = parts_.backend->this_task();
    while (parker->park_until(attempt.resume_at)) {
        if (parker->is_cancelled()) {
            throw Cancelled{"pool \"" + parts_.name + "\": the pause before a retry was cancelled"};
        }
        // Else a permit meant for an earlier wait.
    }
}

}  // namespace cistern
