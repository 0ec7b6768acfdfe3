#pragma once

#include "config/problems.hpp"
#include "config/runtime_config.hpp"
#include "plugin/plugin_host.hpp"

#include <cistern/connector.hpp>
#include <cistern/credentials.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cistern {

// A pool whose every setting has been checked, its plugin's among them.
struct CheckedPool {
    std::string name;
    std::string plugin;
    PoolOptions options;
    std::shared_ptr<Connector> connector;
    ConnectorConfig settings;
    Setting match_by{};     // what options.match_by names, when it names any
    std::string address{};  // of a pool with options.endpoints: the setting that each is given to
};

// What can be started, and everything that keeps it from being started.
struct CheckedPools {
    std::vector<CheckedPool> pools;
    Problems problems;
    bool only_plugins_failed = true;  // of `problems`, when there are any
};

// Makes each pool's connector and holds the pool's settings against what the connector declares.
// Goes on after a problem, so that all of them are found. `credentials` are those that the program
// gives; null: not known.
[[nodiscard]] CheckedPools check_pools(LoadedConfig loaded,
                                       PluginHost& plugins,
                                       const CredentialsProviders* credentials);

}  // namespace cistern
