#pragma once

#include "../output.hpp"
#include "../value_text.hpp"

#include <cistern/hive/types.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

enum class Format {
    kTable,
    kCsv,
    kTsv,
    kJson,
    kJsonLines,
    kVertical,
    kDsv,
    kMarkdown,
    kXmlAttributes,
    kXmlElements,
    kArrow,  // timestamps in microseconds
    kArrowNanoseconds
};

// Whether it is bytes for a program, which a terminal would take for commands.
[[nodiscard]] constexpr bool is_binary(Format format) noexcept {
    return format == Format::kArrow || format == Format::kArrowNanoseconds;
}

struct FormatOptions {
    Format format = Format::kTable;
    bool show_header = true;
    bool null_as_empty = false;
    std::string null_word = "NULL";
    char dsv_delimiter = '|';
    std::size_t max_column_width = 0;      // of a table's column, on the screen; 0: no limit
    BinaryText binary = BinaryText::kHex;  // JSON always takes base64

    [[nodiscard]] std::string_view null_text() const noexcept {
        return null_as_empty ? std::string_view{} : std::string_view{null_word};
    }
};

// Writes one result in one format, batch by batch, holding no more than a bounded part of it.
//
// Thread safety:  none.
// Ownership:      borrows the output; the columns are copied.
// Errors:         those of the output.
class RowWriter {
public:
    RowWriter(Output& output, const FormatOptions& options, std::vector<hive::ColumnInfo> columns)
        : output_{output}, options_{options}, columns_{std::move(columns)} {}
    RowWriter(const RowWriter&) = delete;
    RowWriter& operator=(const RowWriter&) = delete;
    virtual ~RowWriter() = default;

    // What comes before the first row.
    virtual void begin() = 0;
    // A batch with fewer columns than were announced has NULL in the rest.
    virtual void rows(const hive::Batch& batch) = 0;
    // What comes after the last row, and all that was held back.
    virtual void end() = 0;

protected:
    // The cell's column; none when the cell is NULL.
    [[nodiscard]] static const hive::Column* cell(const hive::Batch& batch,
                                                  std::size_t column,
                                                  std::size_t row) noexcept {
        if (column >= batch.columns.size() || batch.columns[column].is_null(row)) {
            return nullptr;
        }
        return &batch.columns[column];
    }

    [[nodiscard]] Output& output() noexcept { return output_; }
    [[nodiscard]] const FormatOptions& options() const noexcept { return options_; }
    [[nodiscard]] const std::vector<hive::ColumnInfo>& columns() const noexcept { return columns_; }

private:
    Output& output_;
    FormatOptions options_;
    std::vector<hive::ColumnInfo> columns_;
};

[[nodiscard]] std::unique_ptr<RowWriter> make_row_writer(Output& output,
                                                         const FormatOptions& options,
                                                         std::vector<hive::ColumnInfo> columns);

}  // namespace hive_query
