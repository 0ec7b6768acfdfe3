#pragma once

#include "row_writer.hpp"

#include <string>
#include <vector>

namespace hive_query {

// One JSON object per row: as the elements of one array, or one per line. Booleans and numbers are
// bare (a DECIMAL with all its digits); NaN and the infinities, which JSON lacks, are strings;
// BINARY is base64; ARRAY, MAP, STRUCT and all else is a string that holds the server's text. A
// name that comes again gets its number behind it, "n", "n_2": most readers of JSON would keep only
// one of two.
class JsonWriter final : public RowWriter {
public:
    JsonWriter(Output& output, const FormatOptions& options, std::vector<hive::ColumnInfo> columns);
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_cell(const hive::Batch& batch, std::size_t column, std::size_t row);

    const bool in_array_;
    std::vector<std::string> keys_;  // `"name":`, ready to be copied
    bool is_first_ = true;
};

}  // namespace hive_query
