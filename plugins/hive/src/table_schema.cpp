#include "table_schema.hpp"

#include <string>

namespace hive {
namespace {

std::int32_t qualifier(const rpc::TPrimitiveTypeEntry& entry, const std::string& name) {
    const auto& qualifiers = entry.typeQualifiers.qualifiers;
    const auto found = qualifiers.find(name);
    return found == qualifiers.end() ? 0 : found->second.i32Value;
}

Type type_of(const rpc::TTypeEntry& entry) {
    if (entry.__isset.primitiveEntry) {
        return static_cast<Type>(entry.primitiveEntry.type);
    }
    return entry.__isset.arrayEntry    ? Type::kArray
           : entry.__isset.mapEntry    ? Type::kMap
           : entry.__isset.structEntry ? Type::kStruct
           : entry.__isset.unionEntry  ? Type::kUnion
                                       : Type::kUserDefined;
}

ColumnInfo column_of(const rpc::TColumnDesc& told) {
    ColumnInfo column;
    column.name = told.columnName;
    column.comment = told.comment;
    if (told.typeDesc.types.empty()) {
        return column;
    }
    const auto& entry = told.typeDesc.types.front();
    column.type = type_of(entry);
    if (entry.__isset.primitiveEntry) {
        column.length = qualifier(entry.primitiveEntry, "characterMaximumLength");
        column.precision = qualifier(entry.primitiveEntry, "precision");
        column.scale = qualifier(entry.primitiveEntry, "scale");
    }
    return column;
}

}  // namespace

std::vector<ColumnInfo> columns_of(const rpc::TTableSchema& schema) {
    std::vector<ColumnInfo> columns;
    columns.reserve(schema.columns.size());
    for (const auto& told : schema.columns) {
        columns.push_back(column_of(told));
    }
    return columns;
}

}  // namespace hive
