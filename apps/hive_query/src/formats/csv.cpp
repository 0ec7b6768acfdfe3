#include "csv.hpp"

#include <algorithm>
#include <utility>

namespace hive_query {
namespace {

[[nodiscard]] constexpr ByteSet byte_set(std::string_view members) {
    ByteSet set{};
    for (const char c : members) {
        set[static_cast<unsigned char>(c)] = true;
    }
    return set;
}

constexpr ByteSet kEscapedInTsv = byte_set("\t\r\n\\");

[[nodiscard]] bool holds_any(std::string_view text, const ByteSet& set) noexcept {
    return std::any_of(
        text.begin(), text.end(), [&set](char c) { return set[static_cast<unsigned char>(c)]; });
}

}  // namespace

CsvWriter::CsvWriter(Output& output,
                     const FormatOptions& options,
                     std::vector<hive::ColumnInfo> columns)
    : RowWriter{output, options, std::move(columns)},
      separator_{options.format == Format::kDsv ? options.dsv_delimiter : ','},
      quoted_{byte_set(std::string{"\"\r\n"} + separator_)} {}

void CsvWriter::begin() {
    if (!options().show_header) {
        return;
    }
    for (std::size_t i = 0; i < columns().size(); ++i) {
        if (i != 0) {
            output().buffer() += separator_;
        }
        append_text(columns()[i].name);
    }
    output().write("\n");
}

void CsvWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        for (std::size_t i = 0; i < columns().size(); ++i) {
            if (i != 0) {
                out += separator_;
            }
            append_cell(batch, i, row);
        }
        out += '\n';
        output().row_done();
    }
}

void CsvWriter::end() {
    output().flush();
}

void CsvWriter::append_cell(const hive::Batch& batch, std::size_t column, std::size_t row) {
    std::string& out = output().buffer();
    const hive::Column* const values = cell(batch, column, row);
    if (values == nullptr) {
        const bool is_alone = columns().size() == 1;
        out +=
            options().null_as_empty && is_alone ? std::string_view{"\"\""} : options().null_text();
    } else if (const hive::Texts* const texts = texts_of(*values)) {
        append_text((*texts)[row]);
    } else if (std::holds_alternative<hive::Blobs>(values->values)) {
        scratch_.clear();
        append_value(scratch_, *values, columns()[column], row, options().binary);
        append_text(scratch_);
    } else {
        append_value(out, *values, columns()[column], row, options().binary);
    }
}

void CsvWriter::append_text(std::string_view text) {
    std::string& out = output().buffer();
    const bool is_alone = text.empty() && columns().size() == 1;
    if (text != options().null_text() && !is_alone && !holds_any(text, quoted_)) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') {
            out += '"';
        }
        out += c;
    }
    out += '"';
}

void TsvWriter::begin() {
    if (!options().show_header) {
        return;
    }
    for (std::size_t i = 0; i < columns().size(); ++i) {
        output().write(i == 0 ? "" : "\t");
        append_text(columns()[i].name);
    }
    output().write("\n");
}

void TsvWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        for (std::size_t i = 0; i < columns().size(); ++i) {
            if (i != 0) {
                out += '\t';
            }
            append_cell(batch, i, row);
        }
        out += '\n';
        output().row_done();
    }
}

void TsvWriter::end() {
    output().flush();
}

void TsvWriter::append_cell(const hive::Batch& batch, std::size_t column, std::size_t row) {
    const hive::Column* const values = cell(batch, column, row);
    std::string& out = output().buffer();
    if (values == nullptr) {
        out += options().null_text();
    } else if (const hive::Texts* const texts = texts_of(*values)) {
        append_text((*texts)[row]);
    } else {
        const std::size_t before = out.size();
        append_value(out, *values, columns()[column], row, options().binary);
        if (options().binary == BinaryText::kRaw) {
            const std::string raw = out.substr(before);
            out.resize(before);
            append_text(raw);
        }
    }
}

void TsvWriter::append_text(std::string_view text) {
    std::string& out = output().buffer();
    if (!holds_any(text, kEscapedInTsv)) {
        out += text;
        return;
    }
    for (const char c : text) {
        switch (c) {
            case '\t':
                out += "\\t";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\\':
                out += "\\\\";
                break;
            default:
                out += c;
                break;
        }
    }
}

}  // namespace hive_query
