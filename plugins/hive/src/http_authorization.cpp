#include "http_authorization.hpp"

#include "base64.hpp"
#include "gss_context.hpp"

namespace hive {

std::function<std::string()> http_login(const SessionSpec& spec,
                                        const std::string& host,
                                        const std::string& peer) {
    switch (spec.login.kind) {
        case LoginSpec::Kind::kKerberos:
            // A server takes each token once, so every request without a cookie has one of its own.
            return [kerberos = spec.login.kerberos, host, peer] {
                GssContext context{kerberos, host, peer, GssContext::Purpose::kHttp};
                return "Authorization: Negotiate " + base64(context.step({}));
            };
        case LoginSpec::Kind::kDelegationToken:
            return [token = spec.login.token] {
                return "X-Hive-Delegation-Token: " + std::string{token.reveal()};
            };
        case LoginSpec::Kind::kBearer:
            return [token = spec.login.token] {
                return "Authorization: Bearer " + std::string{token.reveal()};
            };
        case LoginSpec::Kind::kPassword:
        case LoginSpec::Kind::kNoSasl:
            break;
    }
    return {};
}

}  // namespace hive
