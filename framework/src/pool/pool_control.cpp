// What an operator changes about a pool while it runs.

#include "core/option_rules.hpp"
#include "pool/pool_impl.hpp"
#include "pool/pool_step.hpp"

namespace cistern {

void PoolImpl::flush(Flush which) {
    step([&](core::Instant now, core::Actions& actions) {
        empty_lane(now, actions);
        machine_.flush(which == Flush::kAll, now, actions);
    });
    observer_.tell([&](PoolObserver& observer) { observer.on_flushed(parts_.name, which); });
}

bool PoolImpl::flush_endpoint(const std::string& endpoint, Flush which) {
    bool is_there = false;
    for (std::uint32_t index = 0; index < endpoints_.size(); ++index) {
        if (endpoint.empty() || endpoints_[index].state->name() != endpoint) {
            continue;
        }
        is_there = true;
        step([&](core::Instant now, core::Actions& actions) {
            empty_lane(now, actions);
            machine_.flush(index, which == Flush::kAll, now, actions);
        });
    }
    if (is_there) {
        observer_.tell([&](PoolObserver& observer) { observer.on_flushed(parts_.name, which); });
    }
    return is_there;
}

void PoolImpl::reconnect() {
    std::vector<EndpointState::Change> closed;
    for (const auto& endpoint : endpoints_) {
        closed.push_back(endpoint.state->forget_failures());
    }
    flush(Flush::kAll);
    tell_turned_away();
    for (std::uint32_t endpoint = 0; endpoint < closed.size(); ++endpoint) {
        tell_circuit(endpoint, closed[endpoint]);
    }
}

void PoolImpl::resize(std::uint32_t max_size, std::uint32_t min_idle) {
    auto wanted = parts_.options;
    wanted.max_size = max_size;
    wanted.min_idle = min_idle;
    std::string problems;
    for (const auto& problem : core::check_options(wanted)) {
        problems += (problems.empty() ? "" : "; ") + problem.key + ": " + problem.message;
    }
    if (!problems.empty()) {
        throw ConfigError{"pool \"" + parts_.name + "\" cannot be resized: " + problems};
    }
    step([&](core::Instant now, core::Actions& actions) {
        empty_lane(now, actions);
        machine_.make_room(max_size);
        add_entries();
        machine_.resize(max_size, min_idle, now, actions);
        wake_waiters();
    });
    observer_.tell(
        [&](PoolObserver& observer) { observer.on_resized(parts_.name, max_size, min_idle); });
}

void PoolImpl::pause() {
    bool was_paused = false;
    step([&](core::Instant now, core::Actions&) {
        was_paused = machine_.is_paused();
        machine_.pause(now);
    });
    if (!was_paused) {
        observer_.tell([&](PoolObserver& observer) { observer.on_paused(parts_.name); });
    }
}

void PoolImpl::resume() {
    bool was_paused = false;
    step([&](core::Instant now, core::Actions& actions) {
        was_paused = machine_.is_paused();
        machine_.resume(now, actions);
    });
    if (was_paused) {
        observer_.tell([&](PoolObserver& observer) { observer.on_resumed(parts_.name); });
    }
}

void PoolImpl::follow(std::uint32_t max_size, bool is_paused) {
    step([&](core::Instant now, core::Actions& actions) {
        const auto& options = machine_.options();
        if (options.max_size != max_size) {
            empty_lane(now, actions);
            machine_.make_room(max_size);
            add_entries();
            machine_.resize(max_size, options.min_idle, now, actions);
        }
        wake_waiters();
        if (is_paused) {
            machine_.pause(now);
        } else if (machine_.is_paused()) {
            machine_.resume(now, actions);
        }
    });
}

void PoolImpl::stop_lending() {
    step([&](core::Instant now, core::Actions& actions) { machine_.close(now, actions); });
}

bool PoolImpl::drain(Timeout timeout) {
    using enum core::ConnectionState;
    const auto deadline = clock().deadline_after(timeout);
    stop_lending();
    const auto is_over = [&] {
        return machine_.count(kLent) + machine_.count(kValidating) + machine_.count(kResetting) +
                   machine_.count(kClosing) ==
               0;
    };
    bool is_complete = watch_until(deadline, is_over);
    if (!is_complete) {
        const std::lock_guard lock{mutex_};
        is_complete = machine_.count(kLent) == 0;
    }
    observer_.tell([&](PoolObserver& observer) { observer.on_drained(parts_.name, is_complete); });
    return is_complete;
}

}  // namespace cistern
