#pragma once

#include "rpc/channel.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

// True when this user may come in with this password.
using CheckLogin = std::function<bool(std::string_view user, std::string_view password)>;

// The server's side of SASL PLAIN as HiveServer2 clients speak it: both ways they are known to mark
// the response are taken. The user who came in; nothing when the login was refused, which the
// client has been told then. Afterwards the channel uses frames.
[[nodiscard]] std::optional<std::string> negotiate_plain(Channel& channel, const CheckLogin& check);

struct PlainLogin {
    std::string user;
    std::string password;
};

// RFC 4616: [authorization identity] NUL user NUL password; the first part may be missing
// altogether.
[[nodiscard]] std::optional<PlainLogin> parse_plain(std::string_view response);

}  // namespace sandbox
