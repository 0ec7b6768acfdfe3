#pragma once

#include "sasl_negotiation.hpp"

#include <cistern/secret.hpp>

#include <memory>
#include <string>

namespace hive {

// Name and password in clear (RFC 4616), made by Cyrus SASL.
//
// Errors: ConfigError that names the missing package when Cyrus has no PLAIN.
[[nodiscard]] std::unique_ptr<SaslMechanism> make_sasl_plain(const std::string& host,
                                                             const std::string& user,
                                                             const cistern::Secret& password);

}  // namespace hive
