#pragma once

#include "row_writer.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hive_query {

// A table drawn with lines. Its columns are as wide as the widest cell among the first thousand
// rows (or the first mebibyte of them), which are held back for that; a later cell that is wider is
// shown in full (or as wide as --maxColumnWidth has it) and moves the rest of its own row. Numbers
// are flush right.
class TableWriter final : public RowWriter {
public:
    using RowWriter::RowWriter;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    struct Cell {
        std::string text;
        std::size_t width = 0;
    };

    // Cuts a cell to the widest that is wanted, with dots where something is missing.
    void fit(Cell& made) const;
    [[nodiscard]] Cell make_cell(const hive::Batch& batch, std::size_t column, std::size_t row);
    void hold_back(const hive::Batch& batch, std::size_t row);
    void release_held();
    void write_rule();
    void write_row(const std::vector<Cell>& cells, bool is_header);

    std::vector<std::size_t> widths_;
    std::vector<Cell> header_;
    std::vector<std::vector<Cell>> held_;
    std::size_t held_bytes_ = 0;
    bool is_holding_ = true;
    std::vector<Cell> row_;  // used again for each row
    std::string scratch_;
};

// One line per cell under a line with the row's number, for rows that are too wide for a table.
class VerticalWriter final : public RowWriter {
public:
    using RowWriter::RowWriter;
    void begin() override;
    void rows(const hive::Batch& batch) override;
    void end() override;

private:
    std::vector<std::string> names_;  // all padded to the same width
    unsigned long long row_number_ = 0;
    std::string scratch_;
};

}  // namespace hive_query
