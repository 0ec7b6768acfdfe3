#include "sql/csv.hpp"

#include "sql/convert.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace sandbox {
namespace {

using Record = std::vector<std::optional<std::string>>;

constexpr std::array kCandidates{
    TypeId::kBigint, TypeId::kDouble, TypeId::kDate, TypeId::kTimestamp, TypeId::kBoolean};

bool could_be(const std::string& text, TypeId id) {
    if (id == TypeId::kBoolean) {
        return same_word(text, "true") || same_word(text, "false");
    }
    if (id == TypeId::kBigint) {
        // "1.5" converts, and "007" is no number to whoever wrote it.
        const bool digits = text.find_first_not_of("0123456789", text.starts_with('-') ? 1 : 0) ==
                            std::string::npos;
        const bool padded = text.size() > 1 && text[0] == '0';
        return digits && !padded && !is_null(convert(text, {id}));
    }
    if (id == TypeId::kDouble) {
        return text.find_first_not_of("0123456789.eE+-") == std::string::npos &&
               !is_null(convert(text, {id})) &&
               !(text.size() > 1 && text[0] == '0' && is_digit(text[1]));
    }
    if (id == TypeId::kDate) {
        return text.size() == 10 && !is_null(convert(text, {id}));
    }
    return !is_null(convert(text, {id}));
}

std::ifstream open(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        throw std::runtime_error{"cannot read " + path};
    }
    return in;
}

char delimiter_of(const std::string& path) {
    return path.ends_with(".tsv") ? '\t' : ',';
}

// "price:decimal(10,2)" has a comma that needs no quotes.
std::vector<std::string> header_fields(const Record& record) {
    std::vector<std::string> out;
    int depth = 0;
    for (const auto& field : record) {
        const std::string text = field.value_or("");
        if (depth > 0) {
            out.back() += ',' + text;
        } else {
            out.push_back(text);
        }
        for (const char c : text) {
            depth += c == '(' || c == '<' ? 1 : 0;
            depth -= c == ')' || c == '>' ? 1 : 0;
        }
    }
    return out;
}

std::vector<ColumnDefinition> read_columns(const std::string& path) {
    std::ifstream in = open(path);
    CsvReader reader{in, delimiter_of(path)};
    Record record;
    if (!reader.next(record)) {
        throw std::runtime_error{path +
                                 ": the file is empty; its first line must name the columns"};
    }
    std::vector<ColumnDefinition> columns;
    std::vector<bool> fixed;
    for (const std::string& text : header_fields(record)) {
        const auto colon = text.find(':');
        const std::string name{trim(text.substr(0, colon))};
        const auto type = colon == std::string::npos ? std::optional{SqlType{}}
                                                     : parse_hive_type(text.substr(colon + 1));
        if (name.empty() || !type) {
            throw std::runtime_error{path + ":1: '" + text +
                                     "' is no column (name, or name:type with a Hive type)"};
        }
        columns.push_back({name, *type});
        fixed.push_back(colon != std::string::npos);
    }
    std::vector<TypeGuess> guesses(columns.size());
    while (reader.next(record)) {
        if (record.size() != columns.size()) {
            throw std::runtime_error{path + ':' + std::to_string(reader.line()) + ": " +
                                     std::to_string(record.size()) + " fields instead of " +
                                     std::to_string(columns.size())};
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (!fixed[i] && record[i]) {
                guesses[i].look_at(*record[i]);
            }
        }
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns[i].type = fixed[i] ? columns[i].type : guesses[i].type();
    }
    return columns;
}

std::int64_t insert_rows(Connection& connection,
                         const std::string& table,
                         const std::string& path,
                         const std::vector<ColumnDefinition>& columns) {
    std::string marks;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        marks += i == 0 ? "?" : ", ?";
    }
    Query insert =
        connection.prepare("INSERT INTO " + quote_name(table) + " VALUES (" + marks + ')');
    std::ifstream in = open(path);
    CsvReader reader{in, delimiter_of(path)};
    Record record;
    static_cast<void>(reader.next(record));
    std::int64_t rows = 0;
    while (reader.next(record)) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            insert.bind(i, record[i] ? convert(*record[i], columns[i].type) : Cell{});
        }
        static_cast<void>(insert.step());
        insert.rewind();
        ++rows;
    }
    return rows;
}

}  // namespace

bool CsvReader::next(Record& record) {
    record.clear();
    std::string field;
    bool quoted = false;  // the field has quotes
    bool inside = false;  // of quotes
    bool any = false;
    line_ = lines_read_ + 1;
    const auto end_field = [&] {
        record.push_back(field.empty() && !quoted ? std::nullopt : std::optional{field});
        field.clear();
        quoted = false;
    };
    for (int c = in_.get(); c != std::istream::traits_type::eof(); c = in_.get()) {
        const char ch = static_cast<char>(c);
        any = true;
        lines_read_ += ch == '\n' ? 1 : 0;
        if (inside) {
            if (ch != '"') {
                field += ch;
            } else if (in_.peek() == '"') {
                field += static_cast<char>(in_.get());
            } else {
                inside = false;
            }
        } else if (ch == '"' && field.empty()) {
            quoted = inside = true;
        } else if (ch == delimiter_) {
            end_field();
        } else if (ch == '\n') {
            end_field();
            return true;
        } else if (ch != '\r' || in_.peek() != '\n') {
            field += ch;
        }
    }
    if (inside) {
        throw std::runtime_error{"line " + std::to_string(line_) + ": a quote is never closed"};
    }
    if (any) {
        end_field();
    }
    return any;
}

void TypeGuess::look_at(const std::string& text) {
    seen_ = true;
    for (unsigned i = 0; i < kCandidates.size(); ++i) {
        if ((possible_ >> i & 1U) != 0 && !could_be(text, kCandidates[i])) {
            possible_ &= ~(1U << i);
        }
    }
}

SqlType TypeGuess::type() const {
    for (unsigned i = 0; seen_ && i < kCandidates.size(); ++i) {
        if ((possible_ >> i & 1U) != 0) {
            return {kCandidates[i]};
        }
    }
    return {};
}

std::int64_t load_csv(Catalog& catalog, const std::string& table, const std::string& path) {
    const auto dot = table.find('.');
    const std::string database =
        dot == std::string::npos ? "default" : to_lower(table.substr(0, dot));
    const std::string name = dot == std::string::npos ? table : table.substr(dot + 1);
    catalog.create({database, true});
    const auto columns = read_columns(path);
    const auto connection = catalog.open(database);
    std::string sql;
    for (const ColumnDefinition& column : columns) {
        sql +=
            (sql.empty() ? "" : ", ") + quote_name(column.name) + ' ' + declaration_of(column.type);
    }
    connection->execute("BEGIN; DROP TABLE IF EXISTS " + quote_name(name) + "; CREATE TABLE " +
                        quote_name(name) + " (" + sql + ')');
    const std::int64_t rows = insert_rows(*connection, name, path, columns);
    connection->execute("COMMIT");
    return rows;
}

}  // namespace sandbox
