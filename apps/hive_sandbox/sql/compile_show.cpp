#include "sql/compile.hpp"
#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <utility>

namespace sandbox {
namespace {

ResultColumn text_column(std::string name) {
    return {std::move(name), {TypeId::kString}, "from hive-sandbox"};
}

Row texts(std::initializer_list<std::string> values) {
    Row row;
    for (const std::string& value : values) {
        row.emplace_back(value);
    }
    return row;
}

std::string type_name(const TableColumn& column) {
    return column.type ? to_string(*column.type) : "string";
}

// Lists, asks or sets one of the maps.
std::unique_ptr<Execution> list_settings(const SessionState& session) {
    std::vector<Row> rows;
    for (const auto& [name, value] : session.conf) {
        rows.push_back(texts({name + '=' + value}));
    }
    for (const auto& [name, value] : session.variables) {
        rows.push_back(texts({"hivevar:" + name + '=' + value}));
    }
    return make_rows({text_column("set")}, std::move(rows));
}

}  // namespace

std::unique_ptr<Execution> compile_show(const CompileContext& context, const ShowDatabases& show) {
    std::vector<Row> rows;
    for (const std::string& name : context.catalog.databases()) {
        if (matches_show_pattern(name, show.pattern)) {
            rows.push_back(texts({name}));
        }
    }
    return make_rows({text_column("database_name")}, std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context, const ShowTables& show) {
    const std::string& database = show.database.empty() ? context.session.database : show.database;
    std::vector<Row> rows;
    for (const Table& table : context.catalog.tables(database)) {
        if (matches_show_pattern(table.name, show.pattern) && (table.is_view || !show.views_only)) {
            rows.push_back(texts({table.name}));
        }
    }
    return make_rows({text_column("tab_name")}, std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context, const ShowColumns& show) {
    std::vector<Row> rows;
    for (const TableColumn& column : context.table(show.table).columns) {
        rows.push_back(texts({column.name}));
    }
    return make_rows({text_column("field")}, std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                        const ShowCreateTable& show) {
    const Table table = context.table(show.table);
    std::vector<Row> rows;
    rows.push_back(texts({(table.is_view ? "CREATE VIEW `" : "CREATE TABLE `") + table.database +
                          "`.`" + table.name + "`("}));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const TableColumn& column = table.columns[i];
        const std::string comment =
            column.comment.empty() ? "" : " COMMENT " + quote_string(column.comment);
        rows.push_back(texts({"  `" + column.name + "` " + type_name(column) + comment +
                              (i + 1 < table.columns.size() ? "," : ")")}));
    }
    return make_rows({text_column("createtab_stmt")}, std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context, const ShowFunctions& show) {
    std::vector<std::string> names;
    for (const std::string_view name : function_names()) {
        names.emplace_back(name);
    }
    const auto connection = context.open({});
    for (const Row& row : connection->rows("SELECT DISTINCT name FROM pragma_function_list")) {
        names.push_back(std::get<std::string>(row[0]));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<Row> rows;
    for (const std::string& name : names) {
        if (matches_show_pattern(name, show.pattern)) {
            rows.push_back(texts({name}));
        }
    }
    return make_rows({text_column("tab_name")}, std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context, const Describe& describe) {
    const Table table = context.table(describe.table);
    std::vector<Row> rows;
    for (const TableColumn& column : table.columns) {
        rows.push_back(texts({column.name, type_name(column), column.comment}));
    }
    if (describe.detailed) {
        rows.push_back({std::string{}, Cell{}, Cell{}});
        rows.push_back({std::string{"# Detailed Table Information"}, Cell{}, Cell{}});
        rows.push_back(texts({"Database:", table.database, ""}));
        rows.push_back(
            texts({"Table Type:", table.is_view ? "VIRTUAL_VIEW" : "MANAGED_TABLE", ""}));
        rows.push_back(texts({"Comment:", table.comment, ""}));
    }
    return make_rows({text_column("col_name"), text_column("data_type"), text_column("comment")},
                     std::move(rows));
}

std::unique_ptr<Execution> compile_show(const CompileContext& context,
                                        const DescribeDatabase& describe) {
    if (!context.catalog.has(describe.name)) {
        throw database_not_found(describe.name);
    }
    return make_rows({text_column("db_name"), text_column("comment"), text_column("location")},
                     {texts({describe.name, "", ""})});
}

std::unique_ptr<Execution> compile_set(const CompileContext& context, const SetVariable& set) {
    constexpr std::string_view kVariable = "hivevar:";
    constexpr std::string_view kConf = "hiveconf:";
    SessionState& session = context.session;
    if (set.name.empty()) {
        return list_settings(session);
    }
    const bool variable = set.name.starts_with(kVariable);
    std::string key = set.name;
    key.erase(0, variable ? kVariable.size() : key.starts_with(kConf) ? kConf.size() : 0);
    auto& map = variable ? session.variables : session.conf;
    if (!set.value) {
        const auto found = map.find(key);
        const std::string line =
            found == map.end() ? set.name + " is undefined" : set.name + '=' + found->second;
        return make_rows({text_column("set")}, {texts({line})});
    }
    if (key.starts_with("sandbox.")) {
        context.on_set(key, *set.value);
    }
    map[key] = *set.value;
    return make_work([]() -> std::optional<std::int64_t> { return std::nullopt; });
}

}  // namespace sandbox
