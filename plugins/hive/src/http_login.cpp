#include "http_login.hpp"

#include "base64.hpp"

#include <string>

namespace hive {

cistern::Secret basic_credentials(std::string_view user, const cistern::Secret& password) {
    const cistern::Secret login{std::string{user} + ':' + std::string{password.reveal()}};
    return cistern::Secret{base64(login.reveal())};
}

void add_with_credentials(Redactor& redact, const cistern::Secret& value) {
    redact.add(value);
    if (const auto blank = value.reveal().rfind(' '); blank != std::string_view::npos) {
        redact.add(cistern::Secret{std::string{value.reveal().substr(blank + 1)}});
    }
}

}  // namespace hive
