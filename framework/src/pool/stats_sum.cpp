#include "pool/stats_sum.hpp"

#include <algorithm>

namespace cistern {

void add_stats(PoolStats& sum, const PoolStats& part) {
    sum.total += part.total;
    sum.idle += part.idle;
    sum.lent += part.lent;
    sum.connecting += part.connecting;
    sum.validating += part.validating;
    sum.closing += part.closing;
    sum.waiting += part.waiting;
    sum.held_back += part.held_back;
    sum.acquired += part.acquired;
    sum.released += part.released;
    sum.timeouts += part.timeouts;
    sum.rejected += part.rejected;
    sum.rejected_hopeless += part.rejected_hopeless;
    sum.rejected_late += part.rejected_late;
    sum.opened += part.opened;
    sum.open_failures += part.open_failures;
    sum.closed += part.closed;
    sum.closed_broken += part.closed_broken;
    sum.closed_invalid += part.closed_invalid;
    sum.closed_lifetime += part.closed_lifetime;
    sum.closed_idle += part.closed_idle;
    sum.closed_evicted += part.closed_evicted;
    sum.validations += part.validations;
    sum.retries += part.retries;
    sum.leaks_reported += part.leaks_reported;
    sum.peak_lent = std::max(sum.peak_lent, part.peak_lent);
    sum.peak_waiting = std::max(sum.peak_waiting, part.peak_waiting);
    sum.longest_wait = std::max(sum.longest_wait, part.longest_wait);
    for (auto& its : sum.endpoints) {
        for (const auto& more : part.endpoints) {
            if (more.circuit.endpoint == its.circuit.endpoint) {
                its.total += more.total;
                its.idle += more.idle;
                its.lent += more.lent;
                its.connecting += more.connecting;
            }
        }
    }
    sum.wait_time.add(part.wait_time);
    sum.connect_time.add(part.connect_time);
    sum.validation_time.add(part.validation_time);
    sum.use_time.add(part.use_time);
    const auto& failure = part.last_connect_failure;
    if (failure && (!sum.last_connect_failure || failure->age < sum.last_connect_failure->age)) {
        sum.last_connect_failure = failure;
    }
}

}  // namespace cistern
