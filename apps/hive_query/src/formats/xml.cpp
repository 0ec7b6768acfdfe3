#include "xml.hpp"

#include "console/utf8.hpp"

#include <cctype>
#include <set>
#include <utility>

namespace hive_query {
namespace {

[[nodiscard]] std::string xml_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const bool is_letter = std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
        const bool may_follow =
            std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
        const bool is_fit = is_letter || (may_follow && !out.empty());
        out += is_fit ? c : '_';
    }
    return out.empty() ? "_" : out;
}

[[nodiscard]] bool is_xml(char32_t code) noexcept {
    return code >= 0x20 ? code != 0xFFFE && code != 0xFFFF
                        : code == '\t' || code == '\n' || code == '\r';
}

}  // namespace

XmlWriter::XmlWriter(Output& output,
                     const FormatOptions& options,
                     std::vector<hive::ColumnInfo> columns)
    : RowWriter{output, options, std::move(columns)},
      by_attributes_{options.format == Format::kXmlAttributes} {
    std::set<std::string> taken;
    for (const hive::ColumnInfo& column : this->columns()) {
        const std::string name = xml_name(column.name);
        std::string candidate = name;
        for (int number = 2; !taken.insert(candidate).second; ++number) {
            candidate = name + "_" + std::to_string(number);
        }
        names_.push_back(std::move(candidate));
    }
}

void XmlWriter::begin() {
    output().write("<resultset>\n");
}

void XmlWriter::rows(const hive::Batch& batch) {
    std::string& out = output().buffer();
    for (std::size_t row = 0; row < batch.rows; ++row) {
        out += by_attributes_ ? "  <result" : "  <result>\n";
        for (std::size_t i = 0; i < columns().size(); ++i) {
            const hive::Column* const values = cell(batch, i, row);
            if (values == nullptr) {
                continue;
            }
            scratch_.clear();
            append_value(scratch_, *values, columns()[i], row, options().binary);
            out += by_attributes_ ? " " + names_[i] + "=\"" : "    <" + names_[i] + ">";
            append_text(scratch_);
            out += by_attributes_ ? "\"" : "</" + names_[i] + ">\n";
        }
        out += by_attributes_ ? "/>\n" : "  </result>\n";
        output().row_done();
    }
}

void XmlWriter::end() {
    output().write("</resultset>\n");
    output().flush();
}

// Line ends and tabs are written as numbers: readers turn them into blanks in attributes.
void XmlWriter::append_text(std::string_view text) {
    std::string& out = output().buffer();
    for (std::size_t at = 0; at < text.size();) {
        const console::Character found = console::character_at(text, at);
        if (!found.valid || !is_xml(found.code)) {
            out += "\xEF\xBF\xBD";
        } else if (found.code == '&') {
            out += "&amp;";
        } else if (found.code == '<') {
            out += "&lt;";
        } else if (found.code == '>') {
            out += "&gt;";
        } else if (found.code == '"') {
            out += "&quot;";
        } else if (found.code < 0x20) {
            out += "&#" + std::to_string(static_cast<unsigned>(found.code)) + ";";
        } else {
            out += text.substr(at, found.size);
        }
        at += found.size;
    }
}

}  // namespace hive_query
