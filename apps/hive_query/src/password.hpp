#pragma once

#include "options.hpp"

#include <cistern/secret.hpp>

#include <functional>
#include <optional>
#include <string>

namespace hive_query {

// Tells a person something that does not stop the work.
using Warn = std::function<void(const std::string&)>;

// The password from wherever the options say: -p, a file, a prompt on the terminal, or else the
// environment. None when nothing names one. Throws UsageError when a file or terminal cannot be
// read.
[[nodiscard]] std::optional<cistern::Secret> find_password(const Options& options,
                                                           const Warn& warn);

// A file's content without its last line end; warns when other users may read it.
[[nodiscard]] cistern::Secret read_password_file(const std::string& path, const Warn& warn);

}  // namespace hive_query
