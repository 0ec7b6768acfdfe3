#pragma once

#include <string_view>

namespace hive {

// True when `sql` may leave something behind in its session that the next user would notice: a
// setting, the current database, a temporary table or function, a resource.
[[nodiscard]] bool changes_session(std::string_view sql);

}  // namespace hive
