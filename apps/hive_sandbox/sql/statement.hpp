#pragma once

#include "sql/sql_type.hpp"
#include "sql/tokens.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sandbox {

// A table as a statement names it; no database means the session's own.
struct TableName {
    std::string database{};  // lower case
    std::string table{};

    friend bool operator==(const TableName&, const TableName&) = default;
};

// A column as CREATE TABLE has it.
struct ColumnDefinition {
    std::string name;
    SqlType type;
    std::string comment{};
    bool not_null = false;
    bool primary_key = false;
};

// Anything SQLite does by itself once its words are SQLite's: SELECT, VALUES, UPDATE, DELETE,
// views.
struct PlainSql {
    Tokens tokens;
};
struct Explain {
    Tokens tokens;
};
struct UseDatabase {
    std::string name;
};
struct CreateDatabase {
    std::string name;
    bool if_not_exists = false;
};
struct DropDatabase {
    std::string name;
    bool if_exists = false;
    bool cascade = false;
};
struct ShowDatabases {
    std::string pattern;  // SHOW's own: * and |; empty for all
};
struct ShowTables {
    std::string database;
    std::string pattern;
    bool views_only = false;
};
struct ShowColumns {
    TableName table;
};
struct ShowCreateTable {
    TableName table;
};
struct ShowFunctions {
    std::string pattern;
};
struct Describe {
    TableName table;
    bool detailed = false;  // FORMATTED or EXTENDED
};
struct DescribeDatabase {
    std::string name;
};
// SET: no name lists everything, no value asks for one.
struct SetVariable {
    std::string name;
    std::optional<std::string> value;
};
struct CreateTable {
    TableName table;
    bool if_not_exists = false;
    bool temporary = false;
    std::vector<ColumnDefinition> columns{};
    std::string comment{};
    Tokens query{};                   // AS SELECT
    std::optional<TableName> like{};  // LIKE other
};
struct Insert {
    TableName table;
    bool overwrite = false;
    std::vector<std::string> columns{};  // empty: all, in their order
    // PARTITION (day='2024-01-01'): fixed values of columns.
    std::vector<std::pair<std::string, Tokens>> fixed{};
    Tokens source{};
};
struct AddColumns {
    TableName table;
    std::vector<ColumnDefinition> columns;
};
struct Truncate {
    TableName table;
};
// Accepted and without effect here: ANALYZE TABLE, MSCK, RELOAD and the like.
struct Nothing {};

using Statement = std::variant<PlainSql,
                               Explain,
                               UseDatabase,
                               CreateDatabase,
                               DropDatabase,
                               ShowDatabases,
                               ShowTables,
                               ShowColumns,
                               ShowCreateTable,
                               ShowFunctions,
                               Describe,
                               DescribeDatabase,
                               SetVariable,
                               CreateTable,
                               Insert,
                               AddColumns,
                               Truncate,
                               Nothing>;

// Understands one HiveQL statement; a semicolon at its end and comments are allowed. Throws
// SqlError.
[[nodiscard]] Statement parse_statement(std::string_view sql);

// Of `* | abc*` as SHOW has it; case counts for nothing.
[[nodiscard]] bool matches_show_pattern(std::string_view name, std::string_view pattern);

}  // namespace sandbox
