#pragma once

#include <cistern/connector_config.hpp>

#include <string>
#include <vector>

namespace cistern {

// What one plugin adds to the reference.
struct PluginReference {
    std::string name;
    Settings settings;
};

// conf/cistern.properties: every key of the framework, commented out where it has a default.
[[nodiscard]] std::string reference_properties();

// conf/plugins/<name>.properties: the same for one plugin's settings.
[[nodiscard]] std::string plugin_properties(const PluginReference& plugin);

// docs/configuration.md: how configuration works, and every key in tables.
[[nodiscard]] std::string manual_page(const std::vector<PluginReference>& plugins);

}  // namespace cistern
