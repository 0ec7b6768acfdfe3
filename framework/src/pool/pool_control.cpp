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
}

void PoolImpl::reconnect() {
    parts_.endpoint->forget_failures();
    flush(Flush::kAll);
    parts_.endpoint->tell_turned_away();
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
    });
}

void PoolImpl::pause() {
    step([&](core::Instant now, core::Actions&) { machine_.pause(now); });
}

void PoolImpl::resume() {
    step([&](core::Instant now, core::Actions& actions) { machine_.resume(now, actions); });
}

}  // namespace cistern
