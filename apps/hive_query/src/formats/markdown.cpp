#include "markdown.hpp"

#include "console/printable.hpp"

#include <algorithm>

namespace hive_query {

// Markdown has no table without a header; one that is not wanted stays empty.
void MarkdownWriter::begin() {
    std::string& out = output().buffer();
    for (const hive::ColumnInfo& column : columns()) {
        out += "| ";
        if (options().show_header) {
            append_text(column.name);
        }
        out += ' ';
    }
    out += "|\n";
    for (const hive::ColumnInfo& column : columns()) {
        out += is_numeric(column.type) ? "| ---: " : "| --- ";
    }
    out += "|\n";
}

void MarkdownWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        for (std::size_t i = 0; i < columns().size(); ++i) {
            out += "| ";
            if (const hive::Column* const values = cell(batch, i, row)) {
                scratch_.clear();
                append_value(scratch_, *values, columns()[i], row, options().binary);
                append_text(scratch_);
            } else {
                append_text(options().null_text());
            }
            out += ' ';
        }
        out += "|\n";
        output().row_done();
    }
}

void MarkdownWriter::end() {
    output().flush();
}

void MarkdownWriter::append_text(std::string_view text) {
    std::string& out = output().buffer();
    while (!text.empty()) {
        const std::size_t size = std::min(text.find('\n'), text.size());
        for (const char c : console::printable(text.substr(0, size))) {
            constexpr std::string_view kEscaped = "\\|*`<[";
            if (kEscaped.find(c) != std::string_view::npos) {
                out += '\\';
            }
            out += c;
        }
        out += size < text.size() ? "<br>" : "";
        text.remove_prefix(std::min(size + 1, text.size()));
    }
}

}  // namespace hive_query
