#pragma once

#include "row_writer.hpp"

namespace hive_query {

// Comma-separated values as RFC 4180 has them, with a bare line feed at the end of a row. Quoted is
// only what would be misread otherwise: separators, quotes and line ends; a text that looks like
// our NULL; and the only cell of a row when it is empty, because readers skip empty lines.
class CsvWriter final : public RowWriter {
public:
    using RowWriter::RowWriter;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    void append_cell(const hive::Batch& batch, std::size_t column, std::size_t row);
    void append_text(std::string_view text);

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
