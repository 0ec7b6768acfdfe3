#pragma once

#include <cistern/pool_stats.hpp>

#include <string>
#include <utility>
#include <vector>

namespace console {

// Every number of a pool under the name it has in PoolStats.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> stats_fields(
    const cistern::PoolStats& stats);

// What a person wants to know about a pool, in a few lines.
[[nodiscard]] std::string stats_summary(const std::string& pool, const cistern::PoolStats& stats);

}  // namespace console
