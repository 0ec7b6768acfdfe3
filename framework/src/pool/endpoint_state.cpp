#include "pool/endpoint_state.hpp"

#include <algorithm>
#include <utility>

namespace cistern {

EndpointState::Member EndpointState::join(std::weak_ptr<EndpointListener> listener) {
    const std::lock_guard lock{mutex_};
    const auto free = std::find_if(
        members_.begin(), members_.end(), [](const Entry& member) { return !member.is_member; });
    if (free == members_.end()) {
        members_.push_back({std::move(listener)});
        return members_.size() - 1;
    }
    *free = {std::move(listener)};
    return static_cast<Member>(free - members_.begin());
}

void EndpointState::leave(Member member) noexcept {
    const std::lock_guard lock{mutex_};
    members_[member] = {.listener = {}, .is_member = false};
}

std::uint32_t EndpointState::failures() const noexcept {
    const std::lock_guard lock{mutex_};
    return gate_.failures();
}

core::Instant EndpointState::admits_at(core::Instant now) const noexcept {
    const std::lock_guard lock{mutex_};
    const auto view = gate_.view(now);
    return view.state == CircuitState::kOpen ? view.retry_at : now;
}

core::EndpointGate::Answer EndpointState::try_enter(Member member,
                                                    std::uint32_t max_connecting,
                                                    core::Instant now) noexcept {
    const std::lock_guard lock{mutex_};
    const auto answer = gate_.try_enter(max_connecting, now);
    members_[member].was_turned_away = !answer.admitted;
    return answer;
}

EndpointState::Change EndpointState::leave_opened() noexcept {
    const std::lock_guard lock{mutex_};
    return gate_.leave_opened() ? Change{core::CircuitView{}} : std::nullopt;
}

void EndpointState::leave_untried() noexcept {
    const std::lock_guard lock{mutex_};
    gate_.leave_untried();
}

EndpointState::Change EndpointState::leave_failed(std::uint64_t ticket,
                                                  Failure failure,
                                                  const RetryOptions& options,
                                                  core::Instant now,
                                                  double random) noexcept {
    const std::lock_guard lock{mutex_};
    last_failure_ = std::move(failure);
    failed_at_ = now;
    return gate_.leave_failed(ticket, options, now, random) ? Change{gate_.view(now)}
                                                            : std::nullopt;
}

EndpointState::Change EndpointState::forget_failures() noexcept {
    const std::lock_guard lock{mutex_};
    return gate_.forget_failures() ? Change{core::CircuitView{}} : std::nullopt;
}

EndpointState::Change EndpointState::hung_up_unused(Failure failure,
                                                    const RetryOptions& options,
                                                    core::Instant born,
                                                    core::Instant now,
                                                    double random) noexcept {
    const std::lock_guard lock{mutex_};
    if (!gate_.hung_up_unused(options, born, now, random)) {
        return std::nullopt;
    }
    last_failure_ = std::move(failure);
    failed_at_ = now;
    return gate_.view(now);
}

Circuit EndpointState::circuit(core::Instant now) const {
    const std::lock_guard lock{mutex_};
    const auto view = gate_.view(now);
    Circuit circuit{.endpoint = name_, .state = view.state, .failures = view.failures};
    if (view.state == CircuitState::kOpen) {
        circuit.next_probe_in = view.retry_at - now;
    }
    if (last_failure_ != nullptr) {
        circuit.last_failure = ConnectFailure{last_failure_->what, now - failed_at_};
    }
    return circuit;
}

EndpointState::Failure EndpointState::last_failure() const noexcept {
    const std::lock_guard lock{mutex_};
    return last_failure_;
}

void EndpointState::tell_turned_away() noexcept {
    std::size_t seen = 0;
    while (const auto listener = take_next(seen)) {
        listener->on_endpoint_free();
    }
}

void EndpointState::begin_anew_in_child() noexcept {
    gate_ = {};
    last_failure_ = nullptr;
    for (auto& member : members_) {
        member.was_turned_away = false;
    }
    next_ = 0;
    fork_hold_.let_go(mutex_);
}

// Each member is told once per round at most: one that is turned away again waits for the next one.
std::shared_ptr<EndpointListener> EndpointState::take_next(std::size_t& seen) noexcept {
    const std::lock_guard lock{mutex_};
    while (seen < members_.size()) {
        ++seen;
        next_ = (next_ + 1) % members_.size();
        if (std::exchange(members_[next_].was_turned_away, false)) {
            if (auto listener = members_[next_].listener.lock()) {
                return listener;
            }
        }
    }
    return nullptr;
}

}  // namespace cistern
