#pragma once

#include <cistern/redis/reply.hpp>
#include <cistern/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace redis {

// What makes a fresh connection a session, from the pool's settings.
struct Login {
    std::string user;
    cistern::Secret password;
    std::int64_t database = 0;
    std::string client_name;
};

enum class LoginStep { kAuth, kName, kSelect, kPing };

struct LoginCommand {
    LoginStep step;
    std::vector<std::string_view> argv;  // borrowed from the Login
};

// The commands of a login, which go out together and cost one round trip. The last is always PING:
// a server that would refuse everything says so now and not to the first borrower.
class LoginCommands {
public:
    // `login` must outlive this.
    explicit LoginCommands(const Login& login);
    [[nodiscard]] const std::vector<LoginCommand>& all() const noexcept { return commands_; }

private:
    std::string database_;
    std::vector<LoginCommand> commands_;
};

// Throws what `reply` to a step of the login means: AuthError, ConfigError, ConnectError or, for a
// reply that fits no step, ProtocolError. Returns when it is as it should be. The text says what to
// mend and never holds the password.
void check_login_reply(const Login& login,
                       LoginStep step,
                       const Reply& reply,
                       std::string_view peer);

}  // namespace redis
