#pragma once

#include <cistern/pool_stats.hpp>

namespace cistern {

// Adds to `sum` what `part`, a pool that shares its max_size, counts. Peaks are each pool's own:
// the highest stays.
void add_stats(PoolStats& sum, const PoolStats& part);

}  // namespace cistern
