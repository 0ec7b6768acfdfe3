#pragma once

#include "environment.hpp"
#include "problems.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/pool_options.hpp>
#include <cistern/runtime.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace cistern {

// A relation between options that does not hold: the option at fault, and what is wrong with it.
struct OptionProblem {
    std::string key;
    std::string message;
};

// Finds what is wrong with a set of options whose single values are all in range.
using OptionRules = std::function<std::vector<OptionProblem>(const PoolOptions&)>;

// A setting meant for a connector, as found: known to be readable, not yet known to be right.
struct FoundSetting {
    std::string shown_key;  // the key as it stands at its origin: "pool.a.hive.url", "url"
    ConfigValue value;
    bool is_default = false;  // for every pool of the plugin: from plugins/<plugin>.properties
};

// One pool as described. What only its plugin can judge is still open: see check_settings().
struct PoolConfig {
    std::string name;
    std::string plugin;
    std::string origin;  // where the plugin was named
    PoolOptions options;
    std::map<std::string, std::string> option_origins{};  // of those that were given, by name
    std::map<std::string, FoundSetting> settings{};       // by the connector's own name for it
    // What environment variables say over them, by the variable's last part ("URL"): which setting
    // is meant is known once the plugin is.
    std::map<std::string, FoundSetting> overrides{};
    // Where a setting can be given, for the message about one that is missing.
    std::string remedy{};
};

struct RuntimeConfig {
    std::vector<std::filesystem::path> plugin_dirs;  // absolute; empty: the library's own folder
    std::string plugin_dirs_origin{};                // where they were named; empty by default
    std::vector<PoolConfig> pools;
};

// What could be read, and everything that is wrong with it. Only without problems is `config`
// whole; with some, it still holds every pool whose plugin is known, so that its settings can be
// checked too.
struct LoadedConfig {
    RuntimeConfig config;
    Problems problems;
};

// Reads the properties file `path`, the plugins' defaults beside it (plugins/<plugin>.properties),
// and `environment` over both. Never throws for what stands in them.
[[nodiscard]] LoadedConfig load_config(const std::filesystem::path& path,
                                       const Environment& environment,
                                       const OptionRules& rules);

// The same for pools described in code. `environment` serves references only: it overrides nothing.
[[nodiscard]] LoadedConfig load_config(const RuntimeSpec& spec,
                                       const Environment& environment,
                                       const OptionRules& rules);

// A pool's settings held against what its connector declares.
struct CheckedSettings {
    std::map<std::string, ConfigValue> values;  // with the declared defaults filled in
    Problems problems;
    // Of a pool with endpoints: the setting that says where to connect to. Its value is the first.
    std::string address{};
};

// Checks `pool`'s settings and overrides against `declared`. A connector that declares nothing gets
// everything as it stands.
[[nodiscard]] CheckedSettings check_settings(const PoolConfig& pool, const Settings& declared);

}  // namespace cistern
