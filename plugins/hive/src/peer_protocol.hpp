#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hive {

// How a conversation begins.
enum class Opening { kNoSasl, kSasl };

// What to tell a person whose server answers with `first_byte`, or closes without an answer, where
// this side speaks as `spoken`. Empty when the byte is as it should be.
[[nodiscard]] std::optional<std::string> describe_mismatch(Opening spoken,
                                                           std::optional<std::uint8_t> first_byte);

}  // namespace hive
