#include "rpc/metadata.hpp"

#include "rpc/metadata_parts.hpp"
#include "sql/functions.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sandbox {
namespace {

constexpr TypeId kInt = TypeId::kInt;
constexpr TypeId kShort = TypeId::kSmallint;
const Cell kNull{};

// Hive makes a regular expression of a pattern, so that clients get away with ".*" and "*" for
// "all".
bool matches_pattern(const std::string& name, std::string pattern) {
    for (const std::string_view all : {".*", "*"}) {
        for (auto at = pattern.find(all); at != std::string::npos; at = pattern.find(all, at)) {
            pattern.replace(at, all.size(), "%");
        }
    }
    return like(name, pattern, Case::kIgnored);
}

bool schema_matches(const MetadataPatterns& patterns, const std::string& name) {
    return !patterns.schema || patterns.schema->empty() || matches_pattern(name, *patterns.schema);
}
const char* table_type(const Table& table) {
    return table.is_view ? "VIEW" : "TABLE";
}

bool same_or_open(const std::optional<std::string>& wanted, const std::string& name) {
    return !wanted || wanted->empty() || same_word(*wanted, name);
}

}  // namespace

std::unique_ptr<Execution> answer(std::initializer_list<AnswerColumn> columns,
                                  std::vector<Row> rows) {
    std::vector<ResultColumn> out;
    for (const AnswerColumn& column : columns) {
        out.push_back({column.name, {column.type}, {}});
    }
    return make_rows(std::move(out), std::move(rows));
}

bool matches(const std::optional<std::string>& pattern, const std::string& name) {
    return !pattern || matches_pattern(name, *pattern);
}

std::vector<std::string> schemas(const Catalog& catalog, const MetadataPatterns& patterns) {
    std::vector<std::string> out = catalog.databases();
    out.erase(
        std::remove_if(out.begin(),
                       out.end(),
                       [&](const std::string& name) { return !schema_matches(patterns, name); }),
        out.end());
    return out;
}

std::unique_ptr<Execution> get_catalogs() {
    return answer({{"TABLE_CAT"}});
}

std::unique_ptr<Execution> get_schemas(const Catalog& catalog, const MetadataPatterns& patterns) {
    std::vector<Row> rows;
    for (const std::string& name : schemas(catalog, patterns)) {
        rows.push_back({text(name), text("")});
    }
    return answer({{"TABLE_SCHEM"}, {"TABLE_CATALOG"}}, std::move(rows));
}

std::unique_ptr<Execution> get_table_types() {
    return answer({{"TABLE_TYPE"}}, {{text("TABLE")}, {text("VIEW")}});
}

std::unique_ptr<Execution> get_tables(const Catalog& catalog, const MetadataPatterns& patterns) {
    std::vector<Row> rows;
    each_table(catalog, patterns, [&](const Table& table) {
        const auto& types = patterns.table_types;
        const bool wanted =
            types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& type) {
                return same_word(type, table_type(table));
            });
        if (wanted) {
            rows.push_back({text(""),
                            text(table.database),
                            text(table.name),
                            text(table_type(table)),
                            text(table.comment),
                            kNull,
                            kNull,
                            kNull,
                            kNull,
                            kNull});
        }
    });
    return answer({{"TABLE_CAT"},
                   {"TABLE_SCHEM"},
                   {"TABLE_NAME"},
                   {"TABLE_TYPE"},
                   {"REMARKS"},
                   {"TYPE_CAT"},
                   {"TYPE_SCHEM"},
                   {"TYPE_NAME"},
                   {"SELF_REFERENCING_COL_NAME"},
                   {"REF_GENERATION"}},
                  std::move(rows));
}

std::unique_ptr<Execution> get_functions(const MetadataPatterns& patterns) {
    // As Hive: functions live in no catalog and no schema.
    const bool outside = matches(patterns.catalog, "") && matches(patterns.schema, "");
    std::vector<Row> rows;
    for (const std::string_view name :
         outside ? function_names() : std::vector<std::string_view>{}) {
        constexpr std::int64_t kNoTable = 1;
        if (matches(patterns.function, std::string{name})) {
            rows.push_back({kNull,
                            kNull,
                            text(std::string{name}),
                            text(""),
                            number(kNoTable),
                            text("hive-sandbox")});
        }
    }
    return answer({{"FUNCTION_CAT"},
                   {"FUNCTION_SCHEM"},
                   {"FUNCTION_NAME"},
                   {"REMARKS"},
                   {"FUNCTION_TYPE", kInt},
                   {"SPECIFIC_NAME"}},
                  std::move(rows));
}

std::unique_ptr<Execution> get_primary_keys(const Catalog& catalog, const MetadataPatterns& names) {
    std::vector<Row> rows;
    for (const std::string& schema : catalog.databases()) {
        if (!same_or_open(names.schema, schema) || !names.table) {
            continue;
        }
        const auto table = catalog.table(schema, *names.table);
        for (std::size_t i = 0; table && i < table->columns.size(); ++i) {
            const TableColumn& column = table->columns[i];
            if (column.key_position > 0) {
                rows.push_back({text(""),
                                text(schema),
                                text(table->name),
                                text(column.name),
                                number(column.key_position),
                                text("pk_" + table->name)});
            }
        }
    }
    return answer({{"TABLE_CAT"},
                   {"TABLE_SCHEM"},
                   {"TABLE_NAME"},
                   {"COLUMN_NAME"},
                   {"KEY_SEQ", kInt},
                   {"PK_NAME"}},
                  std::move(rows));
}

std::unique_ptr<Execution> get_cross_reference(const Catalog& catalog,
                                               const MetadataPatterns& parent,
                                               const MetadataPatterns& foreign) {
    constexpr std::int64_t kNoAction = 3;
    constexpr std::int64_t kNotDeferrable = 7;
    std::vector<Row> rows;
    for (const std::string& schema : catalog.databases()) {
        if (!same_or_open(foreign.schema, schema) || !same_or_open(parent.schema, schema)) {
            continue;
        }
        for (const ForeignKey& key : catalog.foreign_keys(schema)) {
            if (same_or_open(foreign.table, key.table) && same_or_open(parent.table, key.parent)) {
                rows.push_back({text(""),
                                text(schema),
                                text(key.parent),
                                text(key.parent_column),
                                text(""),
                                text(schema),
                                text(key.table),
                                text(key.column),
                                number(key.position),
                                number(kNoAction),
                                number(kNoAction),
                                text("fk_" + key.table),
                                text("pk_" + key.parent),
                                number(kNotDeferrable)});
            }
        }
    }
    // KEQ_SEQ is how Hive spells it.
    return answer({{"PKTABLE_CAT"},
                   {"PKTABLE_SCHEM"},
                   {"PKTABLE_NAME"},
                   {"PKCOLUMN_NAME"},
                   {"FKTABLE_CAT"},
                   {"FKTABLE_SCHEM"},
                   {"FKTABLE_NAME"},
                   {"FKCOLUMN_NAME"},
                   {"KEQ_SEQ", kInt},
                   {"UPDATE_RULE", kInt},
                   {"DELETE_RULE", kInt},
                   {"FK_NAME"},
                   {"PK_NAME"},
                   {"DEFERRABILITY", kShort}},
                  std::move(rows));
}

}  // namespace sandbox
