#pragma once

#include <cistern/hive/types.hpp>

#include <hive_rpc/TCLIService_types.h>

#include <string>
#include <vector>

namespace cistern::fuzz {

// Whether every row has as many cells as the first one, each with a value or a NULL of its column's
// type: what our decoder reads, where generated code takes anything.
[[nodiscard]] bool is_even(const std::vector<hive::rpc::TRow>& rows);

// Where `batch` differs from even rows, in words; empty: nowhere.
[[nodiscard]] std::string row_difference(const std::vector<hive::rpc::TRow>& rows,
                                         const hive::Batch& batch);

}  // namespace cistern::fuzz
