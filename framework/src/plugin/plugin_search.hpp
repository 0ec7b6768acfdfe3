#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cistern {

// A file to be looked at, or a folder that could not be searched.
struct PluginCandidate {
    std::filesystem::path path;  // absolute; the folder part has no symbolic links
    std::string problem{};       // of a folder
};

// Every *.so in `dirs`: folder by folder as given, the files of each in the order of their names. A
// folder that is reached twice is searched once.
[[nodiscard]] std::vector<PluginCandidate> find_plugins(
    const std::vector<std::filesystem::path>& dirs);

}  // namespace cistern
