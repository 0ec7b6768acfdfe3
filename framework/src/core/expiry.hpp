#pragma once

#include "core/instant.hpp"
#include "core/slot.hpp"

#include <cistern/pool_options.hpp>

namespace cistern::core {

// When a connection born now must go. `random` in [0, 1) shortens it by up to lifetime_jitter, so
// that connections opened together do not end together.
[[nodiscard]] Instant end_of_life(const PoolOptions& options, Instant born, double random) noexcept;

// When an idle connection is next due on its own account: its lifetime, or a keepalive.
[[nodiscard]] Instant next_due(const PoolOptions& options, const Slot& idle) noexcept;

// How often the express lane is swept: what is unused for two sweeps has left it, and that must be
// before the server would have to be asked. Zero: too often, so there is no lane.
[[nodiscard]] Instant lane_sweep_interval(const PoolOptions& options) noexcept;

// Whether an idle connection may be lent without asking the server.
[[nodiscard]] bool is_proven(const PoolOptions& options, const Slot& slot, Instant now) noexcept;

}  // namespace cistern::core
