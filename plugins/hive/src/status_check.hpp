#pragma once

#include "rpc.hpp"

#include <hive_rpc/TCLIService_types.h>

#include <string>
#include <string_view>

namespace hive {

// The one line of a server's error text that tells a person what is wrong: without the stack trace
// and the names of Java's exception classes.
[[nodiscard]] std::string headline(std::string_view text);

// Throws what a status other than success means: HandleLost or StatementError.
void check_status(const rpc::TStatus& status, const Rpc& rpc);

// Throws what a failed operation tells about itself.
[[noreturn]] void throw_failure(const rpc::TGetOperationStatusResp& status, const Rpc& rpc);

}  // namespace hive
