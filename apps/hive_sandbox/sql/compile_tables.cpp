#include "sql/compile.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace sandbox {
namespace {

using Affected = std::optional<std::int64_t>;

std::string column_sql(const ColumnDefinition& column) {
    return quote_name(column.name) + ' ' + declaration_of(column.type) +
           (column.not_null ? " NOT NULL" : "");
}

std::string create_sql(const std::string& name,
                       bool if_not_exists,
                       const std::vector<ColumnDefinition>& columns) {
    std::string out =
        std::string{"CREATE TABLE "} + (if_not_exists ? "IF NOT EXISTS " : "") + name + " (";
    std::string key;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        out += (i > 0 ? ", " : "") + column_sql(columns[i]);
        if (columns[i].primary_key) {
            key += (key.empty() ? "" : ", ") + quote_name(columns[i].name);
        }
    }
    // Hive's keys are only declared. In SQLite a single INT key would become the row number, which
    // takes no NULL, so the key is kept as a unique one.
    return out + (key.empty() ? "" : ", PRIMARY KEY (" + key + ')') + ')';
}

// Names the database only when it is not the connection's own.
std::string full_name(const CompileContext& context, const TableName& table) {
    const bool other = !table.database.empty() && table.database != context.session.database;
    return (other ? quote_name(table.database) + '.' : "") + quote_name(table.table);
}

// Tokens that make Catalog::open() attach the table's database.
Tokens mention(const CompileContext& context, const TableName& table, const Tokens& more = {}) {
    Tokens tokens = more;
    if (!table.database.empty() && table.database != context.session.database) {
        if (!context.catalog.has(table.database)) {
            throw database_not_found(table.database);
        }
        tokens.push_back({TokenKind::kQuotedName, table.database});
        tokens.push_back({TokenKind::kSymbol, "."});
    }
    return tokens;
}

// hive_cast("c1", 'type'): what is stored has the form of its column.
std::string stored(const std::string& expression, const std::optional<SqlType>& type) {
    return type ? "hive_cast(" + expression + ", " + quote_string(to_string(*type)) + ")"
                : expression;
}

std::string source_column(std::size_t i) {
    return "c" + std::to_string(i + 1);
}

// CREATE TABLE ... AS SELECT: the columns have the query's names and types.
Affected create_as(Connection& connection,
                   const CreateTable& create,
                   const std::string& name,
                   const std::vector<QueryColumn>& known) {
    std::vector<ColumnDefinition> columns;
    {
        Query query = connection.prepare(to_sqlite(create.query));
        const bool any = query.step();
        for (std::size_t i = 0; i < query.columns(); ++i) {
            const SqlType guess = any ? type_of_value(query.cell(i)) : SqlType{};
            columns.push_back({known[i].name, known[i].type.value_or(guess)});
        }
    }
    for (ColumnDefinition& column : columns) {
        column.type = column.type.id == TypeId::kNull ? SqlType{} : column.type;
    }
    connection.execute(create_sql(name, false, columns));
    std::string names;
    std::string values;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        names += (i > 0 ? ", " : "") + source_column(i);
        values += (i > 0 ? ", " : "") + stored(source_column(i), columns[i].type);
    }
    connection.execute("WITH sandbox_source(" + names + ") AS (" + to_sqlite(create.query) +
                       ") INSERT INTO " + name + " SELECT " + values + " FROM sandbox_source");
    return connection.changes();
}

bool exists(const CompileContext& context, const TableName& table) {
    return context.catalog.table(context.database_of(table), table.table).has_value();
}

std::vector<ColumnDefinition> columns_like(const Table& table) {
    std::vector<ColumnDefinition> out;
    for (const TableColumn& column : table.columns) {
        out.push_back({column.name,
                       column.type.value_or(SqlType{}),
                       column.comment,
                       column.not_null,
                       column.key_position > 0});
    }
    return out;
}

struct Target {
    std::string name;
    std::optional<SqlType> type;
};

const TableColumn& column_of(const Table& table, const std::string& name) {
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(), [&name](const TableColumn& c) {
            return same_word(c.name, name);
        });
    if (found == table.columns.end()) {
        throw from_sqlite("no such column: " + name);
    }
    return *found;
}

// The columns the source's values go to, in its order.
std::vector<Target> targets(const Table& table, const Insert& insert) {
    std::vector<Target> out;
    const auto is_fixed = [&insert](const std::string& name) {
        return std::any_of(insert.fixed.begin(), insert.fixed.end(), [&name](const auto& fixed) {
            return same_word(fixed.first, name);
        });
    };
    if (!insert.columns.empty()) {
        for (const std::string& name : insert.columns) {
            const TableColumn& column = column_of(table, name);
            out.push_back({column.name, column.type});
        }
        return out;
    }
    for (const TableColumn& column : table.columns) {
        if (!is_fixed(column.name)) {
            out.push_back({column.name, column.type});
        }
    }
    return out;
}

std::string insert_sql(const CompileContext& context, const Table& table, const Insert& insert) {
    std::string names;
    std::string values;
    std::string source;
    for (const Target& target : targets(table, insert)) {
        const std::string column =
            source_column(static_cast<std::size_t>(std::count(source.begin(), source.end(), ',')) +
                          (source.empty() ? 0 : 1));
        source += (source.empty() ? "" : ",") + column;
        names += (names.empty() ? "" : ", ") + quote_name(target.name);
        values += (values.empty() ? "" : ", ") + stored(column, target.type);
    }
    for (const auto& [name, value] : insert.fixed) {
        const TableColumn& column = column_of(table, name);
        names += (names.empty() ? "" : ", ") + quote_name(column.name);
        values += (values.empty() ? "" : ", ") + stored('(' + to_sqlite(value) + ')', column.type);
    }
    return "WITH sandbox_source(" + source + ") AS (" + to_sqlite(insert.source) +
           ") INSERT INTO " + full_name(context, insert.table) + " (" + names + ") SELECT " +
           values + " FROM sandbox_source";
}

}  // namespace

void store_comments(Connection& connection, const CreateTable& create) {
    const bool any = !create.comment.empty() ||
                     std::any_of(create.columns.begin(),
                                 create.columns.end(),
                                 [](const ColumnDefinition& c) { return !c.comment.empty(); });
    if (!any) {
        return;
    }
    const std::string table = quote_string(to_lower(create.table.table));
    const std::string store = kCommentTable;
    connection.execute("CREATE TABLE IF NOT EXISTS " + store +
                       " (table_name text, column_name text, comment text); DELETE FROM " + store +
                       " WHERE table_name = " + table);
    const auto add = [&](const std::string& column, const std::string& comment) {
        if (!comment.empty()) {
            connection.execute("INSERT INTO " + store + " VALUES (" + table + ", " +
                               quote_string(to_lower(column)) + ", " + quote_string(comment) + ')');
        }
    };
    add("", create.comment);
    for (const ColumnDefinition& column : create.columns) {
        add(column.name, column.comment);
    }
}

std::unique_ptr<Execution> compile_create(const CompileContext& context, const CreateTable& given) {
    CreateTable create = given;
    if (create.temporary) {
        throw unsupported("CREATE TEMPORARY TABLE (use CREATE TABLE, and DROP TABLE at the end)");
    }
    if (create.like) {
        create.columns = columns_like(context.table(*create.like));
    }
    if (create.if_not_exists && exists(context, create.table)) {
        return make_work([]() -> Affected { return std::nullopt; });
    }
    const std::string name = full_name(context, create.table);
    if (create.query.empty()) {
        const std::string database = context.database_of(create.table);
        std::shared_ptr<Connection> connection = context.open_database(database);
        return make_work([connection, create]() -> Affected {
            connection->execute(
                create_sql(quote_name(create.table.table), create.if_not_exists, create.columns));
            store_comments(*connection, create);
            return std::nullopt;
        });
    }
    std::shared_ptr<Connection> connection =
        context.open(mention(context, create.table, create.query));
    const auto known =
        query_columns(connection->prepare(to_sqlite(create.query)), create.query, context.lookup());
    return make_work(
        [connection, create, name, known] { return create_as(*connection, create, name, known); });
}

std::unique_ptr<Execution> compile_insert(const CompileContext& context, const Insert& insert) {
    const Table table = context.table(insert.table);
    std::shared_ptr<Connection> connection =
        context.open(mention(context, insert.table, insert.source));
    const std::string sql = insert_sql(context, table, insert);
    // Prepared once here, so that what is wrong with it is told at once.
    static_cast<void>(connection->prepare(sql));
    const std::string clear =
        insert.overwrite ? "DELETE FROM " + full_name(context, insert.table) : std::string{};
    return make_work([connection, sql, clear]() -> Affected {
        connection->execute("BEGIN IMMEDIATE");
        try {
            connection->execute(clear);
            connection->execute(sql);
            const auto changed = connection->changes();
            connection->execute("COMMIT");
            return changed;
        } catch (const SqlError&) {
            connection->set_caller({});
            connection->execute("ROLLBACK");
            throw;
        }
    });
}

std::unique_ptr<Execution> compile_add_columns(const CompileContext& context,
                                               const AddColumns& add) {
    const Table table = context.table(add.table);
    std::shared_ptr<Connection> connection = context.open_database(table.database);
    return make_work([connection, table, add]() -> Affected {
        for (const ColumnDefinition& column : add.columns) {
            connection->execute("ALTER TABLE " + quote_name(table.name) + " ADD COLUMN " +
                                column_sql(column));
        }
        return std::nullopt;
    });
}

}  // namespace sandbox
