#include "pool/endpoint_state.hpp"

#include <utility>

namespace cistern {

EndpointState::Member EndpointState::join(std::weak_ptr<EndpointListener> listener) {
    const std::lock_guard lock{mutex_};
    members_.push_back({std::move(listener)});
    return members_.size() - 1;
}

core::EndpointGate::Answer EndpointState::try_enter(Member member,
                                                    std::uint32_t max_connecting,
                                                    core::Instant now) noexcept {
    const std::lock_guard lock{mutex_};
    const auto answer = gate_.try_enter(max_connecting, now);
    members_[member].was_turned_away = !answer.admitted;
    return answer;
}

void EndpointState::leave_opened() noexcept {
    const std::lock_guard lock{mutex_};
    gate_.leave_opened();
}

void EndpointState::leave_untried() noexcept {
    const std::lock_guard lock{mutex_};
    gate_.leave_untried();
}

void EndpointState::leave_failed(std::uint64_t ticket,
                                 const RetryOptions& options,
                                 core::Instant now,
                                 double random) noexcept {
    const std::lock_guard lock{mutex_};
    gate_.leave_failed(ticket, options, now, random);
}

void EndpointState::forget_failures() noexcept {
    const std::lock_guard lock{mutex_};
    gate_.forget_failures();
}

void EndpointState::hung_up_unused(const RetryOptions& options,
                                   core::Instant born,
                                   core::Instant now,
                                   double random) noexcept {
    const std::lock_guard lock{mutex_};
    gate_.hung_up_unused(options, born, now, random);
}

void EndpointState::tell_turned_away() noexcept {
    std::size_t seen = 0;
    while (const auto listener = take_next(seen)) {
        listener->on_endpoint_free();
    }
}

void EndpointState::begin_anew_in_child() noexcept {
    gate_ = {};
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
