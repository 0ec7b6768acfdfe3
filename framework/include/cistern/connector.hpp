#pragma once

// What the author of a plugin includes; an application has no use for it.

#include <cistern/connection.hpp>
#include <cistern/connector_config.hpp>
#include <cistern/deadline.hpp>
#include <cistern/detail/plugin_manifest.hpp>
#include <cistern/error.hpp>
#include <cistern/export.hpp>
#include <cistern/plugin_tag.hpp>
#include <cistern/stream.hpp>
#include <cistern/stream_algorithms.hpp>

#include <memory>
#include <typeinfo>

namespace cistern {

// Makes connections. There is one per pool.
//
// Thread safety:  connect() is called by any number of pool tasks at once.
// Ownership:      the pool owns it; it outlives its connections.
// Waiting:        connect() must keep to its deadline: everything until the session is usable.
// Fork:           a child of fork() goes on with the same one. What another thread held locked in
//                 connect() stays locked there.
// Errors:         ConnectError, AuthError, DeadlineExceeded, ProtocolError, ConfigError. Anything
//                 else is caught and reported as a failed connect.
class CISTERN_API Connector {
public:
    Connector() = default;
    Connector(const Connector&) = delete;
    Connector& operator=(const Connector&) = delete;
    virtual ~Connector();

    // Opens a session that can be lent. `io` outlives the connection. User and password in `conf`
    // are those of this moment and may differ from call to call: read them here.
    virtual std::unique_ptr<Connection> connect(IoContext& io,
                                                const ConnectorConfig& conf,
                                                Deadline deadline) = 0;

    // The settings this connector understands. With them a misspelt key, a bad value or a missing
    // one stops the start with a message; without them nothing is checked.
    [[nodiscard]] virtual Settings settings() const { return {}; }

    // Checks that need more than one setting, before the first connect; throws ConfigError.
    virtual void check(const ConnectorConfig& /*conf*/) const {}

    // What connections at the same place have in common ("db1:10000"): the limit on concurrent
    // opens and the back-off count per endpoint. Empty: every pool is its own endpoint.
    [[nodiscard]] virtual std::string endpoint(const ConnectorConfig& /*conf*/) const { return {}; }

    // The session interface, `&typeid(Session)`: a pool asked for with another one is refused at
    // once instead of at the first connection.
    [[nodiscard]] virtual const std::type_info* session_type() const noexcept { return nullptr; }

    // True for a connector that, with these settings, goes through a library that blocks its thread
    // instead of using the stream it is given; its calls then go to worker threads on backends that
    // must not block. Asked once, before the first connect.
    [[nodiscard]] virtual bool blocks_thread(const ConnectorConfig& /*conf*/) const noexcept {
        return false;
    }
};

}  // namespace cistern

// Makes the connector class `type` loadable under `name`. Once per plugin, outside any namespace.
// It defines the only two functions that a plugin exports.
#define CISTERN_EXPORT_CONNECTOR(type, name)                  \
    extern "C" CISTERN_API const char* cistern_plugin_tag() { \
        return CISTERN_PLUGIN_TAG;                            \
    }                                                         \
    POCO_BEGIN_MANIFEST(cistern::Connector)                   \
    POCO_EXPORT_INTERFACE(type, name)                         \
    POCO_END_MANIFEST
