#pragma once

#include "login_spec.hpp"
#include "sasl_negotiation.hpp"

#include <cistern/secret.hpp>

#include <memory>
#include <string>

namespace hive {

// Mechanisms of Cyrus SASL.
//
// Errors: ConfigError that names the missing package when Cyrus has no such mechanism here.

// Name and password in clear (RFC 4616).
[[nodiscard]] std::unique_ptr<SaslMechanism> make_sasl_plain(const std::string& host,
                                                             const std::string& user,
                                                             const cistern::Secret& password);

// A delegation token, which stays secret, by DIGEST-MD5 (RFC 2831). `qops` is a set of Qop.
//
// Errors: also ConfigError for what is no token; AuthError for a server that cannot prove that it
//         knows the token, or has no protection in common.
[[nodiscard]] std::unique_ptr<SaslMechanism> make_sasl_digest(const cistern::Secret& token,
                                                              std::uint8_t qops);

}  // namespace hive
