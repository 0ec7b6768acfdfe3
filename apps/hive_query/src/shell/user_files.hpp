#pragma once

#include <filesystem>

namespace hive_query {

// Where a person's own files are, as the XDG base directories have it; an empty path when neither
// the variable nor $HOME is set.

// $XDG_STATE_HOME/cistern/hive-query.history
[[nodiscard]] std::filesystem::path history_path();
// $XDG_CONFIG_HOME/cistern/hive-query.rc
[[nodiscard]] std::filesystem::path startup_path();
// $XDG_CONFIG_HOME/cistern/connections.properties
[[nodiscard]] std::filesystem::path connections_path();

}  // namespace hive_query
