#pragma once

#include <cistern/connector_config.hpp>
#include <cistern/export.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace cistern {

// What became of one file in a plugin folder.
struct PluginReport {
    std::filesystem::path path;
    bool usable = false;
    std::vector<std::string> names{};  // the connectors it offers
    bool sealed = false;               // carries an intact seal: any later damage would be noticed
    std::string tag{};                 // the tag it was built with; empty when it has none
    std::string problem{};             // why it was refused: what, where and how to mend it
    Settings settings{};               // of its first connector, when usable
};

// Checks every *.so in `dirs`, in order, as a Runtime would; empty: the folder that belongs to this
// library. Usable plugins stay loaded. A folder that does not exist is a report of its own.
[[nodiscard]] CISTERN_API std::vector<PluginReport> inspect_plugins(
    const std::vector<std::filesystem::path>& dirs = {});

// The plugin folder that belongs to this library, installed or in a build tree.
[[nodiscard]] CISTERN_API std::filesystem::path default_plugin_dir();

}  // namespace cistern
