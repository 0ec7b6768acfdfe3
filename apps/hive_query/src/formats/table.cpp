#include "table.hpp"

#include "console/printable.hpp"
#include "console/utf8.hpp"

#include <algorithm>

namespace hive_query {
namespace {

constexpr std::size_t kHeldRows = 1000;
constexpr std::size_t kHeldBytes = 1024 * 1024;

}  // namespace

void TableWriter::begin() {
    for (const hive::ColumnInfo& column : columns()) {
        Cell name;
        name.width = console::append_printable(name.text, column.name);
        fit(name);
        widths_.push_back(options().show_header ? name.width : 0);
        header_.push_back(std::move(name));
    }
}

void TableWriter::rows(const hive::Batch& batch) {
    for (std::size_t row = 0; row < batch.rows; ++row) {
        if (is_holding_) {
            hold_back(batch, row);
            continue;
        }
        row_.clear();
        for (std::size_t i = 0; i < columns().size(); ++i) {
            row_.push_back(make_cell(batch, i, row));
        }
        write_row(row_, false);
        output().row_done();
    }
}

void TableWriter::end() {
    if (is_holding_) {
        release_held();
    }
    write_rule();
    output().flush();
}

TableWriter::Cell TableWriter::make_cell(const hive::Batch& batch,
                                         std::size_t column,
                                         std::size_t row) {
    Cell made;
    const hive::Column* const values = cell(batch, column, row);
    if (values == nullptr) {
        made.width = console::append_printable(made.text, options().null_text());
        return made;
    }
    if (const hive::Texts* const texts = texts_of(*values)) {
        made.width = console::append_printable(made.text, (*texts)[row]);
        fit(made);
        return made;
    }
    scratch_.clear();
    append_value(scratch_, *values, columns()[column], row, options().binary);
    made.width = console::append_printable(made.text, scratch_);
    fit(made);
    return made;
}

void TableWriter::fit(Cell& made) const {
    const std::size_t widest = options().max_column_width;
    if (widest == 0 || made.width <= widest) {
        return;
    }
    const std::size_t dots = std::min<std::size_t>(3, widest);
    std::size_t end = 0;
    std::size_t width = 0;
    while (true) {
        const std::size_t size = console::character_at(made.text, end).size;
        const std::size_t more =
            console::display_width(std::string_view{made.text}.substr(end, size));
        if (width + more + dots > widest) {
            break;
        }
        end += size;
        width += more;
    }
    made.text.resize(end);
    made.text.append(dots, '.');
    made.width = width + dots;
}

void TableWriter::hold_back(const hive::Batch& batch, std::size_t row) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < columns().size(); ++i) {
        cells.push_back(make_cell(batch, i, row));
        widths_[i] = std::max(widths_[i], cells.back().width);
        held_bytes_ += cells.back().text.size();
    }
    held_.push_back(std::move(cells));
    if (held_.size() >= kHeldRows || held_bytes_ >= kHeldBytes) {
        release_held();
    }
}

void TableWriter::release_held() {
    is_holding_ = false;
    write_rule();
    if (options().show_header) {
        write_row(header_, true);
        write_rule();
    }
    for (const auto& cells : held_) {
        write_row(cells, false);
        output().row_done();
    }
    held_.clear();
    held_.shrink_to_fit();
}

void TableWriter::write_rule() {
    std::string& out = output().buffer();
    out += '+';
    for (const std::size_t width : widths_) {
        out.append(width + 2, '-');
        out += '+';
    }
    out += '\n';
}

void TableWriter::write_row(const std::vector<Cell>& cells, bool is_header) {
    std::string& out = output().buffer();
    out += '|';
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::size_t padding = widths_[i] - std::min(widths_[i], cells[i].width);
        const bool to_right = !is_header && is_numeric(columns()[i].type);
        out += ' ';
        out.append(to_right ? padding : 0, ' ');
        out += cells[i].text;
        out.append(to_right ? 0 : padding, ' ');
        out += " |";
    }
    out += '\n';
}

void VerticalWriter::begin() {
    std::size_t widest = 0;
    for (const hive::ColumnInfo& column : columns()) {
        names_.push_back(console::printable(column.name));
        widest = std::max(widest, console::display_width(names_.back()));
    }
    for (std::string& name : names_) {
        name.append(widest - console::display_width(name), ' ');
        name += "  ";
    }
}

void VerticalWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        out += "-[ row " + std::to_string(++row_number_) + " ]-\n";
        for (std::size_t i = 0; i < columns().size(); ++i) {
            out += names_[i];
            if (const hive::Column* const values = cell(batch, i, row)) {
                scratch_.clear();
                append_value(scratch_, *values, columns()[i], row, options().binary);
                console::append_printable(out, scratch_);
            } else {
                out += options().null_text();
            }
            out += '\n';
        }
        output().row_done();
    }
}

void VerticalWriter::end() {
    output().flush();
}

}  // namespace hive_query
