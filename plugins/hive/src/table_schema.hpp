#pragma once

#include <cistern/hive/types.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <vector>

namespace hive {

// The columns in the order they are listed: the positions that servers give begin at 0 or at 1.
[[nodiscard]] std::vector<ColumnInfo> columns_of(const rpc::TTableSchema& schema);

}  // namespace hive
