#pragma once

#include <cistern/connector_config.hpp>
#include <cistern/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace hive {

// What SASL does with the bytes after the login; the values are those of RFC 4752.
enum class Qop : std::uint8_t { kAuth = 1, kIntegrity = 2, kConfidentiality = 4 };

constexpr std::uint8_t kAnyQop = 7;

// Which server to expect, and where the client's tickets come from.
//
// Thread safety:  never changes once made.
struct KerberosLogin {
    std::string principal;  // the server's, _HOST in it stands for the host
    std::string user;       // empty: whose ticket the cache holds
    std::string keytab;     // empty: tickets are those of `kinit`
    std::string cache;      // empty: KRB5CCNAME or the system's default
};

// How a session proves who it is.
//
// Thread safety:  never changes once made.
struct LoginSpec {
    enum class Kind { kNoSasl, kPassword, kKerberos, kDelegationToken, kBearer };

    Kind kind = Kind::kPassword;
    bool is_given = false;  // false: nobody said, and `kind` is the default
    KerberosLogin kerberos;
    std::uint8_t qops = kAnyQop;  // a set of Qop
    cistern::Secret token;        // where the login is one by a token
};

// Gathers what URL and settings say about the login; settings win.
class LoginReader {
public:
    // False when `key` of a URL is none of the login's. Throws ConfigError.
    bool take_url_key(const std::string& key, const std::string& value);
    // Throws ConfigError where what was given contradicts itself.
    [[nodiscard]] LoginSpec read(const cistern::ConnectorConfig& conf);

private:
    std::optional<std::string> auth_;
    std::optional<std::string> qop_;
    std::string principal_;
    cistern::Secret jwt_;
};

[[nodiscard]] cistern::Settings login_settings();

}  // namespace hive
