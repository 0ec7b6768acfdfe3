#pragma once

#include <cistern/plugin_report.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace cistern {

// Why there is no connector called `name`: the nearest name, every folder that was searched, and
// what was found in it.
[[nodiscard]] std::string absent_plugin_text(const std::string& name,
                                             const std::vector<std::filesystem::path>& dirs,
                                             const std::vector<PluginReport>& reports);

}  // namespace cistern
