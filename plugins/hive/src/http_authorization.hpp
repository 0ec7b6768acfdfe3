#pragma once

#include "session_spec.hpp"

#include <functional>
#include <string>

namespace hive {

// The header that logs a request in other than by user and password; empty: by these.
[[nodiscard]] std::function<std::string()> http_login(const SessionSpec& spec,
                                                      const std::string& host,
                                                      const std::string& peer);

}  // namespace hive
