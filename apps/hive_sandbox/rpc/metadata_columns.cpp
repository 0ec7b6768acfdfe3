#include "rpc/metadata.hpp"
#include "rpc/metadata_parts.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace sandbox {
namespace {

constexpr TypeId kInt = TypeId::kInt;
constexpr TypeId kShort = TypeId::kSmallint;
const Cell kNull{};

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

}  // namespace

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

}  // namespace sandbox
