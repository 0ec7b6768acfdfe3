#pragma once

#include <cistern/export.hpp>
#include <cistern/pool_stats.hpp>

#include <map>
#include <string>
#include <string_view>

namespace cistern {

// What to_openmetrics() writes, as an HTTP header names it.
inline constexpr std::string_view kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

// The numbers of pools, by their names, as text that Prometheus and others read (OpenMetrics 1.0).
// What OpenTelemetry's conventions know has their names (db.client.connection.*), with dots as
// underscores and the unit at the end; all else begins with cistern_. Counters start anew with the
// process, and in a child of fork().
[[nodiscard]] CISTERN_API std::string to_openmetrics(const std::map<std::string, PoolStats>& pools);

}  // namespace cistern
