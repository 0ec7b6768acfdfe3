#pragma once

#include "sql/sql_type.hpp"
#include "sql/statement.hpp"
#include "sql/tokens.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

// What a query's text alone tells about its columns. SQLite has types for values, not for
// expressions: where nothing is known here, the first rows decide.
struct OutlineColumn {
    std::string name;  // empty for an expression without an alias
    std::optional<SqlType> type;
};
using Outline = std::vector<OutlineColumn>;

// The columns of a table or view; nothing when there is none of that name.
using TableLookup = std::function<std::optional<Outline>(const TableName&)>;

// Nothing when the text is beyond it. REQUIRES: the tokens went through rewrite_expressions().
[[nodiscard]] std::optional<Outline> outline_query(TokenSpan query, const TableLookup& lookup);

// A name to read columns from, inside one SELECT.
struct Source {
    std::string name;
    Outline columns;
};

// The type of one expression over these sources.
[[nodiscard]] std::optional<SqlType> type_of_expression(TokenSpan expression,
                                                        const std::vector<Source>& sources);

}  // namespace sandbox
