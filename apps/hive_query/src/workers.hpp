#pragma once

#include "runner.hpp"

#include <cistern/pool.hpp>

namespace hive_query {

// Runs the script as often as the options say, each time with a lease of its own, on as many
// threads. With several threads a summary follows. Throws what keeps it from getting a connection.
[[nodiscard]] ExitStatus run_on_pool(cistern::Pool<hive::Session>& pool,
                                     const Script& script,
                                     const Options& options,
                                     Messages& messages,
                                     Interrupts& interrupts,
                                     Output& output);

}  // namespace hive_query
