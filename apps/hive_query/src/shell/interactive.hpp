#pragma once

#include "../exit_status.hpp"
#include "../interrupts.hpp"
#include "../messages.hpp"
#include "../options.hpp"
#include "../script.hpp"

namespace hive_query {

// True when the options name nothing to run and a person sits at standard input.
[[nodiscard]] bool is_interactive(const Options& options);

// Talks with the person until they leave. Throws what keeps the first session from opening.
[[nodiscard]] ExitStatus run_interactive(const Options& options,
                                         const Script& script,
                                         Messages& messages,
                                         Interrupts& interrupts);

}  // namespace hive_query
