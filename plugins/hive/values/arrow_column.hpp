#pragma once

#include <cistern/hive/arrow.hpp>
#include <cistern/hive/column_reader.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hive {

// One column in Arrow's layout.
struct ArrowColumn {
    using Buffer = std::vector<std::uint8_t>;

    std::int64_t nulls = 0;
    std::vector<Buffer> buffers;  // validity, then what the type has; a `null` column has none
};

// Errors: as export_batch().
[[nodiscard]] ArrowColumn arrow_column(const ColumnReader& reader,
                                       std::size_t rows,
                                       const ArrowOptions& options);

}  // namespace hive
