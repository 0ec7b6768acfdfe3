#pragma once

#include <cistern/secret.hpp>

#include <map>
#include <string>

namespace hive {

// What the settings say about the HTTP transport.
//
// Thread safety:  never changes once made.
struct HttpSpec {
    std::string path = "/cliservice";
    std::map<std::string, cistern::Secret> headers;  // more of them, as proxies want
    std::map<std::string, cistern::Secret> cookies;
    // The cookie that stands for a login; empty: none does.
    std::string login_cookie = "hive.server2.auth";
};

}  // namespace hive
