#include "json.hpp"

#include "../number_text.hpp"
#include "console/json_text.hpp"

#include <cmath>
#include <set>
#include <utility>

namespace hive_query {
namespace {

[[nodiscard]] std::string unique_name(const std::string& name, std::set<std::string>& taken) {
    std::string candidate = name;
    for (int number = 2; !taken.insert(candidate).second; ++number) {
        candidate = name + "_" + std::to_string(number);
    }
    return candidate;
}

}  // namespace

JsonWriter::JsonWriter(Output& output,
                       const FormatOptions& options,
                       std::vector<hive::ColumnInfo> columns)
    : RowWriter{output, options, std::move(columns)}, in_array_{options.format == Format::kJson} {
    std::set<std::string> taken;
    for (const hive::ColumnInfo& column : this->columns()) {
        std::string key = keys_.empty() ? "{" : ",";
        console::append_json_string(key, unique_name(column.name, taken));
        keys_.push_back(key + ":");
    }
}

void JsonWriter::begin() {
    if (in_array_) {
        output().write("[");
    }
}

void JsonWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        if (in_array_) {
            out += is_first_ ? "\n" : ",\n";
        }
        is_first_ = false;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            out += keys_[i];
            append_cell(batch, i, row);
        }
        out += keys_.empty() ? "{}" : "}";
        if (!in_array_) {
            out += '\n';
        }
        output().row_done();
    }
}

void JsonWriter::end() {
    if (in_array_) {
        output().write(is_first_ ? "]\n" : "\n]\n");
    }
    output().flush();
}

void JsonWriter::append_cell(const hive::Batch& batch, std::size_t column, std::size_t row) {
    std::string& out = output().buffer();
    const hive::Column* const values = cell(batch, column, row);
    if (values == nullptr) {
        out += "null";
        return;
    }
    const hive::ColumnInfo& info = columns()[column];
    if (const hive::Texts* const texts = texts_of(*values)) {
        const std::string_view text = (*texts)[row];
        if (info.type == hive::Type::kDecimal && is_json_number(text)) {
            out += text;
        } else {
            console::append_json_string(out, text);
        }
        return;
    }
    const auto* const doubles = std::get_if<std::vector<double>>(&values->values);
    const bool needs_quotes = std::holds_alternative<hive::Blobs>(values->values) ||
                              (doubles != nullptr && !std::isfinite((*doubles)[row]));
    out += needs_quotes ? "\"" : "";
    append_value(out, *values, info, row, BinaryText::kBase64);
    out += needs_quotes ? "\"" : "";
}

}  // namespace hive_query
