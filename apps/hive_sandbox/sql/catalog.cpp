#include "sql/catalog.hpp"

#include "sql/outline.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

namespace sandbox {
namespace {

// Views over views: as deep as anybody needs, and an end to circles.
constexpr int kMaxDepth = 8;

std::string text_in(const Cell& cell) {
    const auto* s = std::get_if<std::string>(&cell);
    return s == nullptr ? "" : *s;
}

std::int64_t number(const Cell& cell) {
    const auto* i = std::get_if<std::int64_t>(&cell);
    return i == nullptr ? 0 : *i;
}

// Comments by column name, the table's own under the empty name.
std::map<std::string, std::string> read_comments(Connection& connection, const std::string& table) {
    std::map<std::string, std::string> out;
    const std::string known = quote_string(kCommentTable);
    if (connection.rows("SELECT 1 FROM sqlite_schema WHERE name = " + known).empty()) {
        return out;
    }
    for (const Row& row :
         connection.rows("SELECT column_name, comment FROM " + std::string{kCommentTable} +
                         " WHERE table_name = lower(" + quote_string(table) + ")")) {
        out[text_in(row[0])] = text_in(row[1]);
    }
    return out;
}

// What stands behind AS in the text of CREATE VIEW.
Tokens query_of_view(const std::string& sql) {
    constexpr std::array<std::string_view, 1> kAs{"as"};
    const Tokens tokens = tokenize(sql);
    const std::size_t as = find_outside(tokens, 0, kAs);
    return {tokens.begin() + static_cast<std::ptrdiff_t>(std::min(as + 1, tokens.size())),
            tokens.end()};
}

}  // namespace

Catalog::Catalog(const std::string& default_file) {
    if (default_file.empty()) {
        entries_["default"] = make_entry((scratch_.path() / "default.db").string());
        return;
    }
    try {
        const std::string journal =
            text_in(Connection{default_file}.rows("PRAGMA journal_mode").at(0).at(0));
        entries_["default"] = make_entry(default_file);
        restore_journal_ = journal;
    } catch (const SqlError& e) {
        throw std::runtime_error{"cannot use the database " + default_file + ": " + e.what()};
    }
}

Catalog::~Catalog() {
    // Whoever opens the file next should find one file, as it was, and not a write-ahead log beside
    // it.
    if (restore_journal_.empty()) {
        return;
    }
    try {
        entries_.at("default").anchor->execute("PRAGMA journal_mode = " + restore_journal_);
    } catch (const std::exception&) {
        // Somebody else has the file open; it stays as it is.
    }
}

Catalog::Entry Catalog::make_entry(const std::string& file) const {
    auto anchor = std::make_shared<Connection>(file);
    anchor->execute("PRAGMA journal_mode = WAL");
    static_cast<void>(anchor->rows("SELECT count(*) FROM sqlite_schema"));
    return {file, std::move(anchor)};
}

std::vector<std::string> Catalog::databases() const {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> out;
    for (const auto& [name, entry] : entries_) {
        out.push_back(name);
    }
    return out;
}

bool Catalog::has(const std::string& database) const {
    const std::lock_guard lock{mutex_};
    return entries_.contains(database);
}

void Catalog::create(const CreateDatabase& what) {
    const std::lock_guard lock{mutex_};
    if (entries_.contains(what.name)) {
        if (what.if_not_exists) {
            return;
        }
        throw SqlError{
            "Error while processing statement: the database " + what.name + " exists already",
            "42000",
            1};
    }
    const auto file = scratch_.path() / (std::to_string(++created_) + ".db");
    entries_[what.name] = make_entry(file.string());
}

void Catalog::drop(const DropDatabase& what) {
    if (what.name == "default") {
        throw SqlError{
            "Error while processing statement: the database default cannot be dropped", "42000", 1};
    }
    if (!has(what.name)) {
        if (what.if_exists) {
            return;
        }
        throw database_not_found(what.name);
    }
    if (!what.cascade && !tables(what.name).empty()) {
        throw SqlError{"Error while processing statement: the database " + what.name +
                           " is not empty; drop its tables first, or say CASCADE",
                       "42000",
                       1};
    }
    const std::lock_guard lock{mutex_};
    entries_.erase(what.name);
}

std::string Catalog::file_of(const std::string& database) const {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(database);
    if (found == entries_.end()) {
        throw database_not_found(database);
    }
    return found->second.file;
}

std::unique_ptr<Connection> Catalog::open(const std::string& current, TokenSpan tokens) const {
    auto connection = std::make_unique<Connection>(file_of(current));
    std::vector<std::string> attached;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (!tokens[i].is_name() || !tokens[i + 1].is_symbol(".")) {
            continue;
        }
        const std::string name = to_lower(tokens[i].text);
        const bool done = std::find(attached.begin(), attached.end(), name) != attached.end();
        if (!done && has(name)) {
            connection->execute("ATTACH " + quote_string(file_of(name)) + " AS " +
                                quote_name(name));
            attached.push_back(name);
        }
    }
    return connection;
}

std::vector<Table> Catalog::tables(const std::string& database) const {
    const auto connection = open(database);
    std::vector<Table> out;
    for (const Row& row :
         connection->rows("SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') "
                          "AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 9) <> "
                          "'_sandbox_' ORDER BY name")) {
        Table table{database, text_in(row[0]), text_in(row[1]) == "view"};
        table.comment = read_comments(*connection, table.name)[""];
        out.push_back(std::move(table));
    }
    return out;
}

std::optional<Table> Catalog::table(const std::string& database, const std::string& name) const {
    const auto connection = open(database);
    return read_table(*connection, database, name, 0);
}

std::optional<Table> Catalog::read_table(Connection& connection,
                                         const std::string& database,
                                         const std::string& name,
                                         int depth) const {
    const auto found = connection.rows(
        "SELECT name, type, sql FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) "
        "= lower(" +
        quote_string(name) + ")");
    if (found.empty() || depth > kMaxDepth) {
        return std::nullopt;
    }
    Table table{database, text_in(found[0][0]), text_in(found[0][1]) == "view"};
    auto comments = read_comments(connection, table.name);
    table.comment = comments[""];
    for (const Row& row :
         connection.rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info(" +
                         quote_string(table.name) + ")")) {
        TableColumn column{text_in(row[0]), type_of_declaration(text_in(row[1]))};
        column.comment = comments[to_lower(column.name)];
        column.not_null = number(row[2]) != 0;
        column.key_position = static_cast<int>(number(row[3]));
        table.columns.push_back(std::move(column));
    }
    if (table.is_view) {
        add_view_types(table, text_in(found[0][2]), depth);
    }
    return table;
}

void Catalog::add_view_types(Table& view, const std::string& sql, int depth) const {
    const TableLookup lookup = [&](const TableName& name) -> std::optional<Outline> {
        const std::string& database = name.database.empty() ? view.database : name.database;
        if (!has(database)) {
            return std::nullopt;
        }
        const auto connection = open(database);
        const auto below = read_table(*connection, database, name.table, depth + 1);
        if (!below) {
            return std::nullopt;
        }
        Outline out;
        for (const TableColumn& column : below->columns) {
            out.push_back({column.name, column.type});
        }
        return out;
    };
    const auto outline = outline_query(query_of_view(sql), lookup);
    if (!outline || outline->size() != view.columns.size()) {
        return;
    }
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
        if ((*outline)[i].type) {
            view.columns[i].type = (*outline)[i].type;
        }
    }
}

std::vector<ForeignKey> Catalog::foreign_keys(const std::string& database) const {
    const auto connection = open(database);
    std::vector<ForeignKey> out;
    for (const Row& row : connection->rows(
             "SELECT m.name, f.\"from\", f.\"table\", f.\"to\", f.seq FROM sqlite_schema m, "
             "pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, "
             "f.seq")) {
        out.push_back({text_in(row[0]),
                       text_in(row[1]),
                       text_in(row[2]),
                       text_in(row[3]),
                       static_cast<int>(number(row[4])) + 1});
    }
    return out;
}

}  // namespace sandbox
