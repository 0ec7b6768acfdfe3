#pragma once

// What the parts of compile() share.

#include "sql/execution.hpp"
#include "sql/outline.hpp"
#include "sql/statement.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sandbox {

struct CompileContext {
    Catalog& catalog;
    SessionState& session;
    const RunOptions& options;
    const SetHook& on_set;

    [[nodiscard]] const std::string& database_of(const TableName& table) const {
        return table.database.empty() ? session.database : table.database;
    }
    // A connection for a statement of these tokens, with the caller set.
    [[nodiscard]] std::unique_ptr<Connection> open(TokenSpan tokens) const;
    [[nodiscard]] std::unique_ptr<Connection> open_database(const std::string& database) const;
    // Throws "table not found".
    [[nodiscard]] Table table(const TableName& name) const;
    [[nodiscard]] TableLookup lookup() const;
};

// The columns of a query, as far as they are known before the first row.
struct QueryColumn {
    std::string name;
    std::optional<SqlType> type;
};
[[nodiscard]] std::vector<QueryColumn> query_columns(const Query& query,
                                                     TokenSpan tokens,
                                                     const TableLookup& lookup);
// What a value without a type is taken for.
[[nodiscard]] SqlType type_of_value(const Cell& value);

[[nodiscard]] std::unique_ptr<Execution> compile_query(const CompileContext& context,
                                                       Tokens tokens);

[[nodiscard]] std::unique_ptr<Execution> compile_create(const CompileContext& context,
                                                        const CreateTable& create);
[[nodiscard]] std::unique_ptr<Execution> compile_insert(const CompileContext& context,
                                                        const Insert& insert);
[[nodiscard]] std::unique_ptr<Execution> compile_add_columns(const CompileContext& context,
                                                             const AddColumns& add);

[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const ShowDatabases& show);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const ShowTables& show);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const ShowColumns& show);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const ShowCreateTable& show);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const ShowFunctions& show);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const Describe& describe);
[[nodiscard]] std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                                      const DescribeDatabase& describe);
[[nodiscard]] std::unique_ptr<Execution> compile_set(const CompileContext& context,
                                                     const SetVariable& set);

// Comments of a table and its columns, for DESCRIBE. Replaces what was there.
void store_comments(Connection& connection, const CreateTable& create);

}  // namespace sandbox
