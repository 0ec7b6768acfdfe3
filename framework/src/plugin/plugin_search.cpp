#include "plugin_search.hpp"

#include <algorithm>
#include <system_error>

namespace cistern {
namespace {

namespace fs = std::filesystem;

PluginCandidate unusable(const fs::path& dir, const std::string& why) {
    return {dir, dir.string() + ": " + why + "; plugins.dir must name folders that hold plugins"};
}

// Iterators of the standard library throw when a folder goes away while it is read.
std::vector<PluginCandidate> files_in(const fs::path& dir) {
    std::vector<PluginCandidate> found;
    std::error_code failed;
    for (fs::directory_iterator at{dir, failed}; !failed && at != fs::directory_iterator{};
         at.increment(failed)) {
        if (at->path().extension() == ".so") {
            found.push_back({at->path()});
        }
    }
    if (failed) {
        return {unusable(dir, "the folder cannot be read: " + failed.message())};
    }
    std::sort(
        found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return found;
}

}  // namespace

std::vector<PluginCandidate> find_plugins(const std::vector<fs::path>& dirs) {
    std::vector<PluginCandidate> found;
    std::vector<fs::path> searched;
    for (const auto& named : dirs) {
        std::error_code failed;
        const auto dir = fs::canonical(named, failed);
        if (failed) {
            const auto absolute = fs::absolute(named);
            found.push_back(failed == std::errc::no_such_file_or_directory
                                ? unusable(absolute, "there is no such folder")
                                : unusable(absolute, failed.message()));
        } else if (!fs::is_directory(dir, failed)) {
            found.push_back(unusable(dir, "is no folder"));
        } else if (std::find(searched.begin(), searched.end(), dir) == searched.end()) {
            searched.push_back(dir);
            const auto files = files_in(dir);
            found.insert(found.end(), files.begin(), files.end());
        }
    }
    return found;
}

}  // namespace cistern
