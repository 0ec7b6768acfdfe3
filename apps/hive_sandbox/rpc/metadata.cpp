#include "rpc/metadata.hpp"

#include "sql/functions.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sandbox {
namespace {

constexpr TypeId kText = TypeId::kString;
constexpr TypeId kInt = TypeId::kInt;
constexpr TypeId kShort = TypeId::kSmallint;

struct Column {
    const char* name;
    TypeId type = kText;
};

std::unique_ptr<Execution> answer(std::initializer_list<Column> columns,
                                  std::vector<Row> rows = {}) {
    std::vector<ResultColumn> out;
    for (const Column& column : columns) {
        out.push_back({column.name, {column.type}, {}});
    }
    return make_rows(std::move(out), std::move(rows));
}

Cell text(std::string value) {
    return value;
}
Cell number(std::int64_t value) {
    return value;
}
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

// An empty schema pattern means all, as clients expect; an empty table pattern means none.
bool schema_matches(const MetadataPatterns& patterns, const std::string& name) {
    return !patterns.schema || patterns.schema->empty() || matches_pattern(name, *patterns.schema);
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

const char* table_type(const Table& table) {
    return table.is_view ? "VIEW" : "TABLE";
}

// How long a value can be, as JDBC counts it.
Cell column_size(const SqlType& type) {
    switch (type.id) {
        case TypeId::kTinyint:
            return number(3);
        case TypeId::kSmallint:
            return number(5);
        case TypeId::kInt:
            return number(10);
        case TypeId::kBigint:
            return number(19);
        case TypeId::kFloat:
            return number(7);
        case TypeId::kDouble:
            return number(15);
        case TypeId::kDecimal:
            return number(type.precision);
        case TypeId::kDate:
            return number(10);
        case TypeId::kTimestamp:
        case TypeId::kTimestampLocalTz:
            return number(29);
        case TypeId::kChar:
        case TypeId::kVarchar:
            return number(type.length);
        case TypeId::kString:
        case TypeId::kBinary:
            return number(2147483647);
        default:
            return kNull;
    }
}

Cell decimal_digits(const SqlType& type) {
    switch (type.id) {
        case TypeId::kTinyint:
        case TypeId::kSmallint:
        case TypeId::kInt:
        case TypeId::kBigint:
            return number(0);
        case TypeId::kFloat:
            return number(7);
        case TypeId::kDouble:
            return number(15);
        case TypeId::kDecimal:
            return number(type.scale);
        case TypeId::kTimestamp:
        case TypeId::kTimestampLocalTz:
            return number(9);
        default:
            return kNull;
    }
}

Cell radix(TypeId id) {
    const bool counts =
        is_integer(id) || id == TypeId::kFloat || id == TypeId::kDouble || id == TypeId::kDecimal;
    return counts ? number(10) : kNull;
}

Row column_row(const Table& table, std::size_t i) {
    constexpr std::int64_t kNullable = 1;
    const TableColumn& column = table.columns[i];
    const SqlType type = column.type.value_or(SqlType{});
    const bool key = column.key_position > 0 || column.not_null;
    return {kNull,
            text(table.database),
            text(table.name),
            text(column.name),
            number(jdbc_type(type.id)),
            text(to_upper(to_string(type))),
            column_size(type),
            kNull,
            decimal_digits(type),
            radix(type.id),
            number(key ? 0 : kNullable),
            text(column.comment),
            kNull,
            kNull,
            kNull,
            kNull,
            number(static_cast<std::int64_t>(i) + 1),
            text(key ? "NO" : "YES"),
            kNull,
            kNull,
            kNull,
            kNull,
            text("NO")};
}

// Calls `visit` with each table both patterns let through.
template <typename Visit>
void each_table(const Catalog& catalog, const MetadataPatterns& patterns, Visit visit) {
    for (const std::string& schema : schemas(catalog, patterns)) {
        for (const Table& table : catalog.tables(schema)) {
            if (matches(patterns.table, table.name)) {
                visit(table);
            }
        }
    }
}

bool same_or_open(const std::optional<std::string>& wanted, const std::string& name) {
    return !wanted || wanted->empty() || same_word(*wanted, name);
}

}  // namespace

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

std::unique_ptr<Execution> get_columns(const Catalog& catalog, const MetadataPatterns& patterns) {
    std::vector<Row> rows;
    each_table(catalog, patterns, [&](const Table& found) {
        const auto table = catalog.table(found.database, found.name);
        for (std::size_t i = 0; table && i < table->columns.size(); ++i) {
            if (matches(patterns.column, table->columns[i].name)) {
                rows.push_back(column_row(*table, i));
            }
        }
    });
    return answer({{"TABLE_CAT"},
                   {"TABLE_SCHEM"},
                   {"TABLE_NAME"},
                   {"COLUMN_NAME"},
                   {"DATA_TYPE", kInt},
                   {"TYPE_NAME"},
                   {"COLUMN_SIZE", kInt},
                   {"BUFFER_LENGTH", TypeId::kTinyint},
                   {"DECIMAL_DIGITS", kInt},
                   {"NUM_PREC_RADIX", kInt},
                   {"NULLABLE", kInt},
                   {"REMARKS"},
                   {"COLUMN_DEF"},
                   {"SQL_DATA_TYPE", kInt},
                   {"SQL_DATETIME_SUB", kInt},
                   {"CHAR_OCTET_LENGTH", kInt},
                   {"ORDINAL_POSITION", kInt},
                   {"IS_NULLABLE"},
                   {"SCOPE_CATALOG"},
                   {"SCOPE_SCHEMA"},
                   {"SCOPE_TABLE"},
                   {"SOURCE_DATA_TYPE", kShort},
                   {"IS_AUTO_INCREMENT"}},
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

std::unique_ptr<Execution> get_type_info() {
    constexpr std::int64_t kNullable = 1;
    constexpr std::int64_t kSearchable = 3;
    std::vector<Row> rows;
    for (int id = 0; id <= static_cast<int>(TypeId::kTimestampLocalTz); ++id) {
        SqlType type{static_cast<TypeId>(id)};
        if (type.id == TypeId::kUserDefined) {
            continue;
        }
        type.precision = type.id == TypeId::kDecimal ? 38 : 0;
        const bool is_number = !is_null(radix(type.id));
        std::string name = to_upper(to_string(type));
        name.resize(std::min(name.find('('), name.size()));
        rows.push_back({text(name),
                        number(jdbc_type(type.id)),
                        column_size(type),
                        kNull,
                        kNull,
                        kNull,
                        number(kNullable),
                        number(is_text(type.id) ? 1 : 0),
                        number(kSearchable),
                        number(is_number ? 0 : 1),
                        number(0),
                        number(0),
                        kNull,
                        number(0),
                        number(type.id == TypeId::kDecimal ? 38 : 0),
                        kNull,
                        kNull,
                        radix(type.id)});
    }
    return answer({{"TYPE_NAME"},
                   {"DATA_TYPE", kInt},
                   {"PRECISION", kInt},
                   {"LITERAL_PREFIX"},
                   {"LITERAL_SUFFIX"},
                   {"CREATE_PARAMS"},
                   {"NULLABLE", kShort},
                   {"CASE_SENSITIVE", TypeId::kBoolean},
                   {"SEARCHABLE", kShort},
                   {"UNSIGNED_ATTRIBUTE", TypeId::kBoolean},
                   {"FIXED_PREC_SCALE", TypeId::kBoolean},
                   {"AUTO_INCREMENT", TypeId::kBoolean},
                   {"LOCAL_TYPE_NAME"},
                   {"MINIMUM_SCALE", kShort},
                   {"MAXIMUM_SCALE", kShort},
                   {"SQL_DATA_TYPE", kInt},
                   {"SQL_DATETIME_SUB", kInt},
                   {"NUM_PREC_RADIX", kInt}},
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
