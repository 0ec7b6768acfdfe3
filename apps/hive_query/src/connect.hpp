#pragma once

#include "options.hpp"

#include <cistern/error.hpp>
#include <cistern/runtime.hpp>
#include <cistern/secret.hpp>

#include <optional>
#include <string>

namespace hive_query {

// The pool that the options describe, as a Runtime takes it. REQUIRES: options.url is not empty
[[nodiscard]] cistern::RuntimeSpec runtime_spec(const Options& options,
                                                const std::optional<cistern::Secret>& password);

// The Runtime that the options ask for; throws what it throws, and UsageError when they name no
// place to connect to.
[[nodiscard]] cistern::Runtime make_runtime(const Options& options,
                                            const std::optional<cistern::Secret>& password);

// Which of the runtime's pools to use; UsageError when that is not clear.
[[nodiscard]] std::string pool_name(const Options& options, const cistern::Runtime& runtime);

// The framework's words without the origin it gives to pools that come from no file.
[[nodiscard]] std::string command_line_terms(std::string text);

// Why there is no connection, and what to look at.
[[nodiscard]] std::string connect_failure_text(const cistern::Error& error, const Options& options);

}  // namespace hive_query
