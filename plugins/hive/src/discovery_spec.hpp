#pragma once

#include "discovery.hpp"
#include "jdbc_url.hpp"

#include <cistern/connector_config.hpp>

#include <optional>

namespace hive {

// The settings by which instances are found.
[[nodiscard]] cistern::Settings discovery_settings();

// Where the instances register, if `url` or the setting zookeeper asks for that; then the hosts of
// `url` are ZooKeeper's and are taken from it. Its keys about discovery are taken either way.
// Throws ConfigError.
[[nodiscard]] std::optional<Discovery> take_discovery(JdbcUrl& url,
                                                      const cistern::ConnectorConfig& conf);

// Lets `url` say what `instance` publishes, where it and the settings are silent.
void add_published(JdbcUrl& url,
                   const RegisteredInstance& instance,
                   const cistern::ConnectorConfig& conf);

// As long as no instance is known, what the settings take for granted about it: for a check.
void add_assumptions(JdbcUrl& url, const cistern::ConnectorConfig& conf);

}  // namespace hive
