#pragma once

#include <cistern/hive/arrow.hpp>

#include <string>

namespace hive {

// What a column becomes.
enum class ArrowType {
    kNull,
    kBoolean,
    kInt8,
    kInt16,
    kInt32,
    kInt64,
    kFloat,
    kDouble,
    kDecimal,
    kDate,
    kTimestamp,
    kInterval,
    kBinary,
    kUtf8,
};

// Errors: cistern::Error for a DECIMAL that Arrow cannot have.
[[nodiscard]] ArrowType arrow_type(const ColumnInfo& column);
// The specification's word for it: "d:10,2".
[[nodiscard]] std::string arrow_format(const ColumnInfo& column, const ArrowOptions& options);

}  // namespace hive
