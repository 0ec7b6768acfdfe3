// What the pool makes of what it learns about its endpoint.

#include "pool/evidence.hpp"
#include "pool/pool_impl.hpp"

#include <utility>

namespace cistern {

void PoolImpl::refuse_unserved(core::Instant now, core::Actions& actions) noexcept {
    if (machine_.unserved() == 0) {
        return;
    }
    try {
        auto circuit = parts_.endpoint->circuit(now);
        const auto failure = parts_.endpoint->last_failure();
        const bool is_final = failure != nullptr && failure->is_final;
        const auto text = "pool \"" + parts_.name +
                          "\": refused at once, because no connection can be opened; " +
                          circuit_in_words(circuit);
        machine_.refuse_unserved(
            std::make_exception_ptr(CircuitOpen{text,
                                                std::move(circuit),
                                                failure != nullptr ? failure->error : nullptr,
                                                {.is_transient = !is_final}}),
            now,
            actions);
    } catch (const std::bad_alloc&) {
        // Then they wait.
    }
}

// To a caller who waits it is as if the connection had not been opened.
EndpointState::Change PoolImpl::note_unused_end(const core::Slot& slot,
                                                core::Instant now,
                                                double random) noexcept {
    try {
        const ConnectError error{"plugin \"" + parts_.plugin +
                                 "\": the server closed a new connection before it was used"};
        const auto failure = std::make_shared<const ConnectFailureFacts>(
            ConnectFailureFacts{error.what(), false, std::make_exception_ptr(error)});
        note_failure(failure, now);
        return parts_.endpoint->hung_up_unused(
            failure, parts_.options.retry, slot.idle_since, now, random);
    } catch (const std::bad_alloc&) {
        // It counts all the same, and goes untold.
        return parts_.endpoint->hung_up_unused(
            nullptr, parts_.options.retry, slot.idle_since, now, random);
    }
}

void PoolImpl::tell_circuit(const EndpointState::Change& change) const noexcept {
    if (!change) {
        return;
    }
    observer_.tell([&](PoolObserver& observer) {
        const auto now = clock().now();
        auto circuit = parts_.endpoint->circuit(now);
        // As it was changed then, whatever has become of it meanwhile.
        circuit.state = change->state;
        circuit.failures = change->failures;
        circuit.next_probe_in = change->state == CircuitState::kOpen
                                    ? std::max(change->retry_at - now, core::Instant::zero())
                                    : core::Instant::zero();
        observer.on_circuit_changed(parts_.name, circuit);
    });
}

}  // namespace cistern
