#pragma once

#include "row_writer.hpp"

#include <array>
#include <string>
#include <vector>

namespace hive_query {

// Which bytes need care.
using ByteSet = std::array<bool, 256>;

// Comma-separated values (DSV: separated by another character) as RFC 4180 has them, with a bare
// line feed at the end of a row. Quoted is only what would be misread otherwise: separators, quotes
// and line ends; a text that looks like our NULL; and the only cell of a row when it is empty,
// because readers skip empty lines.
class CsvWriter final : public RowWriter {
public:
    CsvWriter(Output& output, const FormatOptions& options, std::vector<hive::ColumnInfo> columns);
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_cell(const hive::Batch& batch, std::size_t column, std::size_t row);
    void append_text(std::string_view text);

    const char separator_;
    const ByteSet quoted_;
    std::string scratch_;
};

// Tab-separated values in which a row is always one line: tab, line feed, carriage return and
// backslash are written \t, \n, \r and \\.
class TsvWriter final : public RowWriter {
public:
    using RowWriter::RowWriter;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_cell(const hive::Batch& batch, std::size_t column, std::size_t row);
    void append_text(std::string_view text);
};

}  // namespace hive_query
