#pragma once

#include "row_writer.hpp"

#include <cistern/hive/arrow.hpp>

#include <cstddef>

namespace hive_query {

// A stream of Apache Arrow's IPC format for each result. A value that its column's type in Arrow
// cannot hold is a hive::ValueError, and the stream then lacks its end.
class ArrowWriter final : public RowWriter {
public:
    ArrowWriter(Output& output,
                const FormatOptions& options,
                std::vector<hive::ColumnInfo> columns);
    ArrowWriter(const ArrowWriter&) = delete;
    ArrowWriter& operator=(const ArrowWriter&) = delete;
    ~ArrowWriter() override;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    hive::ArrowOptions arrow_options_;
    ArrowSchema schema_{};
    std::size_t rows_before_ = 0;
};

}  // namespace hive_query
