// What the pool makes of what it learns about its endpoints.

#include "pool/evidence.hpp"
#include "pool/pool_impl.hpp"

#include <algorithm>
#include <utility>

namespace cistern {

core::EndpointGate::Answer PoolImpl::try_enter(std::uint32_t endpoint, core::Instant now) noexcept {
    const auto& its = endpoints_[endpoint];
    return its.state->try_enter(its.member, parts_.options.max_connecting, now);
}

// Nobody gives up anything for it, nor does it queue for a place.
void PoolImpl::try_failback(core::Instant now, core::Actions& actions) noexcept {
    if (!machine_.wants_failback() || !has_room() || is_room_wanted()) {
        return;
    }
    const auto entered = machine_.enter_earlier_endpoint(
        [&](std::uint32_t endpoint) { return try_enter(endpoint, now); });
    if (!entered.answer.admitted) {
        retry_at_ = std::min(retry_at_, entered.answer.retry_at);
    } else if (seat_ != nullptr && !parts_.capacity->try_take(seat_, 1)) {
        endpoints_[entered.endpoint].state->leave_untried();
        left_untried_ = entered.endpoint;
    } else {
        machine_.start_open(entered, actions);
    }
}

void PoolImpl::tell_turned_away() noexcept {
    for (const auto& endpoint : endpoints_) {
        endpoint.state->tell_turned_away();
    }
}

// Whoever was turned away elsewhere has learnt nothing new, this pool among them.
void PoolImpl::tell_turned_away(std::uint32_t endpoint) noexcept {
    if (endpoint != kMostEndpoints) {
        endpoints_[endpoint].state->tell_turned_away();
    }
}

std::string PoolImpl::endpoint_name(std::uint32_t endpoint) const {
    return endpoints_.size() > 1 ? endpoints_[endpoint].state->name() : std::string{};
}

Holder PoolImpl::holder_of(const core::HeldLease& lease) const {
    return {lease.held, lease.where, endpoint_name(lease.endpoint)};
}

Circuit PoolImpl::circuit_now(core::Instant now) const {
    auto best = endpoints_.front().state->circuit(now);
    for (auto next = endpoints_.begin() + 1; next != endpoints_.end(); ++next) {
        auto circuit = next->state->circuit(now);
        const auto rank = [](const Circuit& its) {
            return std::pair{its.state != CircuitState::kClosed, its.next_probe_in};
        };
        if (rank(circuit) < rank(best)) {
            best = std::move(circuit);
        }
    }
    return best;
}

// -- Failures -------------------------------------------------------------------------------------

void PoolImpl::note_failure(std::uint32_t endpoint,
                            EndpointState::Failure facts,
                            core::Instant now) noexcept {
    auto& last = endpoints_[endpoint].last_failure;
    const auto count = last ? last->count + 1 : 1;
    last = {std::move(facts), now, count};
}

const PoolImpl::LastFailure* PoolImpl::last_failure() const noexcept {
    const LastFailure* last = nullptr;
    for (const auto& endpoint : endpoints_) {
        const auto& failure = endpoint.last_failure;
        if (failure && (last == nullptr || failure->at >= last->at)) {
            last = &*failure;
        }
    }
    return last;
}

std::exception_ptr PoolImpl::error_of(const LastFailure& failure) noexcept {
    return failure.facts != nullptr ? failure.facts->error : nullptr;
}

std::exception_ptr PoolImpl::failure_to_tell(core::Instant now) const noexcept {
    const auto* const last = last_failure();
    if (endpoints_.size() == 1 || last == nullptr) {
        return last != nullptr ? error_of(*last) : nullptr;
    }
    try {
        std::string text = "pool \"" + parts_.name + "\": no endpoint can be connected to";
        const char* separator = ": ";
        bool are_refusals = true;
        bool are_final = true;
        for (const auto& [state, settings, member, failure] : endpoints_) {
            if (!failure || failure->facts == nullptr) {
                are_refusals = are_final = false;
                continue;
            }
            text += separator + state->name() + ": " + failure->facts->what + ", " +
                    duration_in_words(now - failure->at) + " ago";
            separator = "; ";
            are_refusals = are_refusals && failure->facts->is_refusal;
            are_final = are_final && failure->facts->is_final;
        }
        const ErrorTraits traits{.breaks_connection = true, .is_transient = !are_final};
        return are_refusals ? std::make_exception_ptr(AuthError{text, traits})
                            : std::make_exception_ptr(ConnectError{text, traits});
    } catch (const std::bad_alloc&) {
        return error_of(*last);
    }
}

void PoolImpl::refuse_unserved(core::Instant now, core::Actions& actions) noexcept {
    if (machine_.unserved() == 0) {
        return;
    }
    try {
        auto circuit = circuit_now(now);
        std::string text =
            "pool \"" + parts_.name + "\": refused at once, because no connection can be opened; ";
        EndpointState::Failure failure;
        bool is_final = true;
        for (std::uint32_t index = 0; index < endpoints_.size(); ++index) {
            const auto& state = *endpoints_[index].state;
            const auto name = endpoint_name(index);
            text += (index > 0 ? "; " : "") + (name.empty() ? name : name + ": ") +
                    circuit_in_words(state.circuit(now));
            failure = state.last_failure();
            is_final = is_final && failure != nullptr && failure->is_final;
        }
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
            ConnectFailureFacts{error.what(), false, false, std::make_exception_ptr(error)});
        note_failure(slot.endpoint, failure, now);
        return endpoint_of(slot).hung_up_unused(
            failure, parts_.options.retry, slot.idle_since, now, random);
    } catch (const std::bad_alloc&) {
        // It counts all the same, and goes untold.
        return endpoint_of(slot).hung_up_unused(
            nullptr, parts_.options.retry, slot.idle_since, now, random);
    }
}

void PoolImpl::tell_circuit(std::uint32_t endpoint,
                            const EndpointState::Change& change) const noexcept {
    if (!change) {
        return;
    }
    observer_.tell([&](PoolObserver& observer) {
        const auto now = clock().now();
        auto circuit = endpoints_[endpoint].state->circuit(now);
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
