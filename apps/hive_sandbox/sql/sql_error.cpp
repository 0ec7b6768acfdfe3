#include "sql/sql_error.hpp"

namespace sandbox {
namespace {

const std::string kCompiling = "Error while compiling statement: ";

std::string after(std::string_view message, std::string_view prefix) {
    return std::string{message.substr(prefix.size())};
}

}  // namespace

SqlError syntax_error(const std::string& what) {
    return {kCompiling + "FAILED: ParseException " + what, "42000", 40000};
}

SqlError table_not_found(const std::string& table) {
    return {kCompiling + "FAILED: SemanticException [Error 10001]: Table not found '" + table + "'",
            "42S02",
            10001};
}

SqlError database_not_found(const std::string& database) {
    return {kCompiling +
                "FAILED: SemanticException [Error 10072]: Database does not exist: " + database,
            "42000",
            10072};
}

SqlError unsupported(const std::string& what) {
    return {kCompiling + "hive-sandbox is no Hive and does not do this: " + what, "0A000", 40000};
}

SqlError from_sqlite(std::string_view message) {
    constexpr std::string_view kNoTable = "no such table: ";
    constexpr std::string_view kNoColumn = "no such column: ";
    constexpr std::string_view kNoFunction = "no such function: ";
    if (message.starts_with(kNoTable)) {
        std::string table = after(message, kNoTable);
        if (table.starts_with("main.")) {
            table.erase(0, 5);
        }
        return table_not_found(table);
    }
    if (message.starts_with(kNoColumn)) {
        return {kCompiling +
                    "FAILED: SemanticException [Error 10004]: Invalid table alias or column "
                    "reference '" +
                    after(message, kNoColumn) + "'",
                "42000",
                10004};
    }
    if (message.starts_with(kNoFunction)) {
        return {kCompiling + "FAILED: SemanticException [Error 10011]: Invalid function '" +
                    after(message, kNoFunction) + "'",
                "42000",
                10011};
    }
    if (message.find("syntax error") != std::string_view::npos ||
        message.starts_with("incomplete input") || message.starts_with("unrecognized token")) {
        return syntax_error(std::string{message});
    }
    if (message.starts_with("table ") && message.ends_with(" already exists")) {
        return {"Error while processing statement: " + std::string{message}, "42S01", 1};
    }
    return {"Error while processing statement: " + std::string{message}, "HY000", 1};
}

}  // namespace sandbox
