#pragma once

#include "runner.hpp"

#include <cistern/pool.hpp>

#include <exception>

namespace hive_query {

// What came of all runs.
struct PoolRun {
    ExitStatus status = kSuccess;  // of the statements
    bool output_closed = false;
    std::exception_ptr failure{};  // what kept a run from its connection or its output
};

// Runs the script as often as the options say, each time with a lease of its own, on as many
// threads. With several threads a summary follows.
[[nodiscard]] PoolRun run_on_pool(cistern::Pool<hive::Session>& pool,
                                  const Script& script,
                                  const Options& options,
                                  Messages& messages,
                                  Interrupts& interrupts,
                                  Output& output,
                                  const Now& now = &Clock::now);

}  // namespace hive_query
