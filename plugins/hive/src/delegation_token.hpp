#pragma once

#include <cistern/secret.hpp>

#include <string>

namespace hive {

// What a delegation token says when it logs in by name and password.
struct TokenLogin {
    std::string name;
    cistern::Secret password;
};

// Reads a token in the text form of Hadoop's Token.encodeToUrlString(), as GetDelegationToken gives
// it. Throws ConfigError, which never repeats any of it.
[[nodiscard]] TokenLogin read_delegation_token(const cistern::Secret& token);

}  // namespace hive
