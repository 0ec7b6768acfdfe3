#pragma once

// For connectors whose server is reached over TCP or over a Unix socket, with TLS or without: the
// settings, their check and the connect, so that every such plugin names and words them alike.

#include <cistern/connector_config.hpp>
#include <cistern/deadline.hpp>
#include <cistern/export.hpp>
#include <cistern/stream.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace cistern {

// The settings `endpoint` and `unix_path`, and tls_settings() of <cistern/tls.hpp>.
[[nodiscard]] CISTERN_API Settings address_settings();

// Throws ConfigError unless exactly one of the two is given, the system takes the path, and the
// files for TLS can be used. The text names the settings as `plugin`'s.
CISTERN_API void check_address(const ConnectorConfig& conf, std::string_view plugin);

// Connects to whichever is given. Waits and throws as IoContext and start_tls() do.
// REQUIRES: check_address() has let `conf` pass
[[nodiscard]] CISTERN_API std::unique_ptr<Stream> connect_address(IoContext& io,
                                                                  const ConnectorConfig& conf,
                                                                  Deadline deadline);

// What Connector::endpoint() returns: "db1:6379", "[::1]:6379" or "unix:/run/x.sock".
// REQUIRES: check_address() has let `conf` pass
[[nodiscard]] CISTERN_API std::string address_text(const ConnectorConfig& conf);

}  // namespace cistern
