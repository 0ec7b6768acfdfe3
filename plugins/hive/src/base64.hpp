#pragma once

#include <boost/beast/core/detail/base64.hpp>

#include <string>
#include <string_view>

namespace hive {

[[nodiscard]] inline std::string base64(std::string_view bytes) {
    namespace detail = boost::beast::detail::base64;
    std::string text(detail::encoded_size(bytes.size()), '\0');
    text.resize(detail::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

}  // namespace hive
