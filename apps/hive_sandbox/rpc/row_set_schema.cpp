#include "rpc/row_set.hpp"

#include <cstdint>
#include <utility>

namespace sandbox {
namespace {

namespace rpc = hive::rpc;

// No client knows these.
constexpr std::int32_t kUnknownType = 99;

rpc::TTypeQualifierValue qualifier(int value) {
    rpc::TTypeQualifierValue out;
    out.__set_i32Value(value);
    return out;
}

}  // namespace

rpc::TTableSchema make_schema(const std::vector<ResultColumn>& columns, const Faults& faults) {
    rpc::TTableSchema schema;
    for (const ResultColumn& column : columns) {
        rpc::TPrimitiveTypeEntry primitive;
        primitive.type =
            faults.unknown_enum ? kUnknownType : static_cast<std::int32_t>(column.type.id);
        rpc::TTypeQualifiers qualifiers;
        if (column.type.id == TypeId::kDecimal) {
            qualifiers.qualifiers["precision"] = qualifier(column.type.precision);
            qualifiers.qualifiers["scale"] = qualifier(column.type.scale);
        } else if (column.type.length > 0) {
            qualifiers.qualifiers["characterMaximumLength"] = qualifier(column.type.length);
        }
        if (!qualifiers.qualifiers.empty()) {
            primitive.__set_typeQualifiers(qualifiers);
        }
        rpc::TTypeEntry entry;
        entry.__set_primitiveEntry(primitive);
        rpc::TColumnDesc description;
        description.columnName = column.name;
        description.typeDesc.types.push_back(entry);
        description.position = static_cast<std::int32_t>(schema.columns.size()) + 1;
        description.__set_comment(column.comment);
        schema.columns.push_back(std::move(description));
    }
    return schema;
}

}  // namespace sandbox
