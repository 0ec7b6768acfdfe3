#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cistern {

// The environment variables of a process, or a test's own.
using Environment = std::map<std::string, std::string>;

// Those of this process; empty when it runs with more rights than its caller has, who then must not
// steer it.
[[nodiscard]] Environment process_environment();

// The variable that stands for `key`: "pool.a.max_size" -> "CISTERN_POOL_A_MAX_SIZE".
[[nodiscard]] std::string variable_of(std::string_view key);

// A part of such a name: "retry.max_delay" -> "RETRY_MAX_DELAY".
[[nodiscard]] std::string upper_name(std::string_view key);

}  // namespace cistern
