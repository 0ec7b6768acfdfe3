#pragma once

#include "hive_rpc/TCLIService_types.h"

#include <string>

namespace sandbox {

// Names a session or an operation to its client; the secret proves that it was told the name.
struct Handle {
    std::string guid;
    std::string secret;

    // 16 random bytes each.
    [[nodiscard]] static Handle make();
    [[nodiscard]] hive::rpc::THandleIdentifier to_rpc() const;
    [[nodiscard]] bool matches(const hive::rpc::THandleIdentifier& other) const noexcept;
};

// "c0ffee00-...": a guid for messages.
[[nodiscard]] std::string guid_text(const std::string& guid);

}  // namespace sandbox
