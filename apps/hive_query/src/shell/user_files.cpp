#include "user_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

bool append_to_file(const std::filesystem::path& path, std::string_view text) {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        return false;
    }
    const bool is_written =
        ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    return ::close(file) == 0 && is_written;
}

}  // namespace hive_query
