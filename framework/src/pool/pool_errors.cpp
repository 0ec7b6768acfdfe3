// What a caller is told who gets no lease.

#include "pool/evidence.hpp"
#include "pool/pool_impl.hpp"

#include <cistern/acquire_timeout.hpp>

#include <algorithm>
#include <utility>

namespace cistern {
namespace {

constexpr std::size_t kHoldersInEvidence = 3;

AcquireRefusal refusal_of(core::Outcome outcome) noexcept {
    switch (outcome) {
        case core::Outcome::kRejected:
            return AcquireRefusal::kQueueFull;
        case core::Outcome::kHopeless:
            return AcquireRefusal::kHopeless;
        case core::Outcome::kShed:
            return AcquireRefusal::kOverloaded;
        case core::Outcome::kPending:
        case core::Outcome::kGranted:
        case core::Outcome::kFailed:
        case core::Outcome::kClosed:
        case core::Outcome::kGaveUp:
            break;
    }
    return AcquireRefusal::kTimedOut;
}

std::string refusal_in_words(const AcquireEvidence& evidence,
                             const PoolOptions& options,
                             Timeout allowed) {
    switch (evidence.refusal) {
        case AcquireRefusal::kQueueFull:
            return "refused at once, because as many callers wait as max_waiters allows";
        case AcquireRefusal::kHopeless:
            return "refused at once, because its turn would come in about " +
                   duration_in_words(evidence.expected_wait) + " and it allows " +
                   duration_in_words(allowed) +
                   ": a longer timeout, shorter leases or more connections would help";
        case AcquireRefusal::kOverloaded:
            return "refused after " + duration_in_words(evidence.waited) +
                   ", because the queue is overloaded and codel.target is " +
                   duration_in_words(options.codel.target);
        case AcquireRefusal::kTimedOut:
            break;
    }
    return "no connection within " + duration_in_words(allowed);
}

}  // namespace

AcquireEvidence PoolImpl::evidence_now(const core::Waiter& caller,
                                       core::Instant now,
                                       std::vector<CircleLink> circle) const {
    const bool is_circle = !circle.empty();
    std::vector<Holder> holders;
    for (const auto& lease : machine_.holders(now, kHoldersInEvidence)) {
        holders.push_back(holder_of(lease));
    }
    return {.pool = parts_.name,
            .waited = now - caller.since,
            .stats = stats_now(now),
            .holders = std::move(holders),
            .own_leases = machine_.leases_of(caller.task),
            .waits_for_itself = is_circle,
            .circle = std::move(circle)};
}

void PoolImpl::refuse_closed() const {
    throw PoolClosed{"pool \"" + parts_.name +
                     "\" is drained or closed and lends nothing any more"};
}

void PoolImpl::fail(const core::Waiter& caller, AcquireEvidence evidence, Deadline deadline) {
    if (caller.outcome == core::Outcome::kClosed) {
        refuse_closed();
    }
    if (caller.outcome == core::Outcome::kFailed) {
        std::rethrow_exception(caller.error);
    }
    evidence.refusal = refusal_of(caller.outcome);
    evidence.expected_wait = caller.expected_wait;
    const auto allowed = std::max(deadline.since_clock_epoch() - caller.since, Timeout::zero());
    const auto text = "pool \"" + parts_.name +
                      "\": " + refusal_in_words(evidence, parts_.options, allowed) + " " +
                      in_words(evidence);
    observer_.tell([&](PoolObserver& observer) { observer.on_timeout(parts_.name, text); });
    throw AcquireTimeout{text, std::move(evidence), caller.where};
}

}  // namespace cistern
