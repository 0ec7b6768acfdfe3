#pragma once

#include "../options.hpp"

#include <filesystem>
#include <string>

namespace hive_query {

// Makes `options` those of the connection called options.connection: the pool of that name in the
// properties file `path`, which is a person's own. UsageError when there is no such file, and when
// a password stands in it as itself: files are copied, backed up and shown.
void use_connection(Options& options, const std::filesystem::path& path);

}  // namespace hive_query
