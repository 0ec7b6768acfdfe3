#pragma once

#include <filesystem>
#include <string_view>

namespace hive_query {

// Where a person's own files are, as the XDG base directories have it; an empty path when neither
// the variable nor $HOME is set.

// $XDG_STATE_HOME/cistern/hive-query.history
[[nodiscard]] std::filesystem::path history_path();
// $XDG_CONFIG_HOME/cistern/hive-query.rc
[[nodiscard]] std::filesystem::path startup_path();
// $XDG_CONFIG_HOME/cistern/connections.properties
[[nodiscard]] std::filesystem::path connections_path();

// Adds `text` to the end of the file; one that is made for it is its owner's alone, for statements may
// hold what others must not read. False when it cannot be written.
[[nodiscard]] bool append_to_file(const std::filesystem::path& path, std::string_view text);

}  // namespace hive_query
