#include "http_login.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <string>
#include <utility>

namespace hive {

cistern::Secret basic_credentials(std::string_view user, const cistern::Secret& password) {
    namespace base64 = boost::beast::detail::base64;
    const cistern::Secret login{std::string{user} + ':' + std::string{password.reveal()}};
    std::string text(base64::encoded_size(login.reveal().size()), '\0');
    text.resize(base64::encode(text.data(), login.reveal().data(), login.reveal().size()));
    return cistern::Secret{std::move(text)};
}

void add_with_credentials(Redactor& redact, const cistern::Secret& value) {
    redact.add(value);
    if (const auto blank = value.reveal().rfind(' '); blank != std::string_view::npos) {
        redact.add(cistern::Secret{std::string{value.reveal().substr(blank + 1)}});
    }
}

}  // namespace hive
