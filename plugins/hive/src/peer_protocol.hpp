#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

// How a conversation begins.
enum class Opening { kNoSasl, kSasl };

// What to tell a person whose server answers with `first_byte`, or closes without an answer, where
// this side speaks as `spoken`. Empty when the byte is as it should be.
[[nodiscard]] std::optional<std::string> describe_mismatch(Opening spoken,
                                                           std::optional<std::uint8_t> first_byte);

// The same for a server that answers a request of HTTP with `answer`. Empty when that may be HTTP.
[[nodiscard]] std::optional<std::string> describe_no_http(std::string_view answer);

// The same for a server that answers a handshake of TLS with `answer`. Empty when that says
// nothing.
[[nodiscard]] std::optional<std::string> describe_plain_peer(std::string_view answer);

}  // namespace hive
