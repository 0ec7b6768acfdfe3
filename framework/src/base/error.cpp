#include <cistern/error.hpp>

// Constructors and destructors stand here and not in the header, so that every library sees the one
// copy of each type's identity.

namespace cistern {

Error::Error(const std::string& what, ErrorTraits traits, std::source_location where)
    : std::runtime_error{what}, traits_{traits}, where_{where} {}
Error::~Error() = default;

IoError::IoError(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
IoError::~IoError() = default;

DeadlineExceeded::DeadlineExceeded(const std::string& what, ErrorTraits traits, std::source_location where)
    : IoError{what, traits, where} {}
DeadlineExceeded::~DeadlineExceeded() = default;

ProtocolError::ProtocolError(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
ProtocolError::~ProtocolError() = default;

ConnectError::ConnectError(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
ConnectError::~ConnectError() = default;

AuthError::AuthError(const std::string& what, ErrorTraits traits, std::source_location where)
    : ConnectError{what, traits, where} {}
AuthError::~AuthError() = default;

ConfigError::ConfigError(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
ConfigError::~ConfigError() = default;

PluginError::PluginError(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
PluginError::~PluginError() = default;

PoolClosed::PoolClosed(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
PoolClosed::~PoolClosed() = default;

Cancelled::Cancelled(const std::string& what, ErrorTraits traits, std::source_location where)
    : Error{what, traits, where} {}
Cancelled::~Cancelled() = default;

}  // namespace cistern
