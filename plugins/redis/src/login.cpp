#include "login.hpp"

#include <cistern/error.hpp>

namespace redis {
namespace {

using cistern::AuthError;
using cistern::ConfigError;
using cistern::ConnectError;

bool contains(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

// The server is busy with something that ends by itself.
bool will_pass(const Reply& error) noexcept {
    const auto code = error.error_code();
    return code == "LOADING" || code == "BUSY" || code == "MASTERDOWN" || code == "CLUSTERDOWN" ||
           code == "TRYAGAIN" || contains(error.error_message(), "max number of clients");
}

bool is_refusal(LoginStep step, const Reply& error) noexcept {
    const auto code = error.error_code();
    return step == LoginStep::kAuth || code == "NOAUTH" || code == "WRONGPASS" ||
           code == "NOPERM" || code == "DENIED";
}

std::string remedy(const Login& login, const Reply& error) {
    const auto code = error.error_code();
    const auto message = error.error_message();
    if (code == "NOAUTH") {
        return "set redis.password, and redis.user for a user of the server's ACL";
    }
    if (code == "NOPERM") {
        return "this user needs the permissions +ping, and +select and +client|setname where "
               "redis.database and redis.client_name are set";
    }
    if (code == "DENIED") {
        return "the server takes connections from its own machine only; set a password there, or "
               "protected-mode no";
    }
    if (contains(message, "no password is set") || contains(message, "without any password")) {
        return "the server has no password: remove redis.password, or set one there";
    }
    if (contains(message, "number of arguments") && !login.user.empty()) {
        return "a server older than Redis 6 knows no users: remove redis.user";
    }
    return login.user.empty() ? "check redis.password" : "check redis.user and redis.password";
}

std::string who(const Login& login) {
    return login.user.empty() ? "the login" : "the login of user \"" + login.user + '"';
}

[[noreturn]] void throw_refused(const Login& login,
                                LoginStep step,
                                const Reply& error,
                                std::string_view peer) {
    const auto said = "redis " + std::string{peer} + ": ";
    // A server that does not know AUTH repeats its arguments.
    const auto message = cistern::hide(error.error_message(), login.password);
    if (will_pass(error)) {
        throw ConnectError{said + "not ready: " + message};
    }
    if (is_refusal(step, error)) {
        throw AuthError{said + "the server refused " + who(login) + ": " + message + "; " +
                        remedy(login, error)};
    }
    if (step == LoginStep::kSelect) {
        throw ConfigError{said + "database " + std::to_string(login.database) +
                              " cannot be selected: " + message + "; check redis.database",
                          {.breaks_connection = true}};
    }
    const auto* const refused = step == LoginStep::kName
                                    ? "the setting redis.client_name was refused: "
                                    : "the session cannot be used: ";
    throw ConnectError{said + refused + message, {.breaks_connection = true}};
}

}  // namespace

LoginCommands::LoginCommands(const Login& login) : database_{std::to_string(login.database)} {
    if (!login.user.empty()) {
        commands_.push_back({LoginStep::kAuth, {"AUTH", login.user, login.password.reveal()}});
    } else if (!login.password.empty()) {
        commands_.push_back({LoginStep::kAuth, {"AUTH", login.password.reveal()}});
    }
    if (!login.client_name.empty()) {
        commands_.push_back({LoginStep::kName, {"CLIENT", "SETNAME", login.client_name}});
    }
    if (login.database != 0) {
        commands_.push_back({LoginStep::kSelect, {"SELECT", database_}});
    }
    commands_.push_back({LoginStep::kPing, {"PING"}});
}

void check_login_reply(const Login& login,
                       LoginStep step,
                       const Reply& reply,
                       std::string_view peer) {
    if (reply.is_error()) {
        throw_refused(login, step, reply, peer);
    }
    if (!reply.is_status(step == LoginStep::kPing ? "PONG" : "OK")) {
        throw cistern::ProtocolError{"redis " + std::string{peer} +
                                     ": an unexpected reply to the login: is this a Redis server?"};
    }
}

}  // namespace redis
