#include "user_files.hpp"

#include <cstdlib>

namespace hive_query {
namespace {

// Only absolute paths count, as the specification has it.
[[nodiscard]] std::filesystem::path base(const char* variable, const char* below_home) {
    const char* const named = std::getenv(variable);
    if (named != nullptr && named[0] == '/') {
        return std::filesystem::path{named} / "cistern";
    }
    const char* const home = std::getenv("HOME");
    if (home == nullptr || home[0] != '/') {
        return {};
    }
    return std::filesystem::path{home} / below_home / "cistern";
}

[[nodiscard]] std::filesystem::path inside(const std::filesystem::path& folder, const char* name) {
    return folder.empty() ? folder : folder / name;
}

}  // namespace

std::filesystem::path history_path() {
    return inside(base("XDG_STATE_HOME", ".local/state"), "hive-query.history");
}

std::filesystem::path startup_path() {
    return inside(base("XDG_CONFIG_HOME", ".config"), "hive-query.rc");
}

std::filesystem::path connections_path() {
    return inside(base("XDG_CONFIG_HOME", ".config"), "connections.properties");
}

}  // namespace hive_query
