#pragma once

#include "gss_context.hpp"
#include "login_spec.hpp"
#include "sasl_negotiation.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace hive {

// Kerberos in SASL (RFC 4752). `peer` is what errors call the server, `host` the one dialled.
//
// Errors: AuthError, see GssContext; also when both sides have no protection in common.
[[nodiscard]] std::unique_ptr<SaslMechanism> make_sasl_gssapi(const LoginSpec& login,
                                                              const std::string& host,
                                                              const std::string& peer);

// The end of its negotiation: the server's offer, opened, and our answer to it, not sealed yet.
struct LayerChoice {
    Qop qop = Qop::kAuth;
    std::uint32_t max_frame = 0;  // the server takes no more; 0 without a layer
    std::string answer;
};

// The strongest that both `offer` and `wanted` have. Throws AuthError, ProtocolError.
[[nodiscard]] LayerChoice choose_layer(std::string_view offer,
                                       std::uint8_t wanted,
                                       const std::string& peer);

}  // namespace hive
