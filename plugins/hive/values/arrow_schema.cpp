#include "arrow_type.hpp"
#include "shown_text.hpp"

#include <cistern/hive/values.hpp>

#include <utility>

namespace hive {
namespace {

// What a schema points into. The children are released by themselves, as a reader may have moved
// them out of the schema.
struct SchemaOwner {
    std::string format;
    std::string name;
    std::vector<ArrowSchema> fields;
    std::vector<ArrowSchema*> children;
};

void release_schema(ArrowSchema* schema) {
    const std::unique_ptr<SchemaOwner> owner{static_cast<SchemaOwner*>(schema->private_data)};
    for (ArrowSchema* const child : owner->children) {
        if (child->release != nullptr) {
            child->release(child);
        }
    }
    schema->release = nullptr;
}

ArrowSchema schema_of(std::unique_ptr<SchemaOwner> owner, std::int64_t flags) {
    for (auto& field : owner->fields) {
        owner->children.push_back(&field);
    }
    ArrowSchema out{};
    out.format = owner->format.c_str();
    out.name = owner->name.c_str();
    out.flags = flags;
    out.n_children = static_cast<std::int64_t>(owner->children.size());
    out.children = owner->children.data();
    out.release = release_schema;
    out.private_data = owner.release();
    return out;
}

}  // namespace

ArrowType arrow_type(const ColumnInfo& column) {
    switch (column.type) {
        case Type::kNull:
            return ArrowType::kNull;
        case Type::kBoolean:
            return ArrowType::kBoolean;
        case Type::kTinyint:
            return ArrowType::kInt8;
        case Type::kSmallint:
            return ArrowType::kInt16;
        case Type::kInt:
            return ArrowType::kInt32;
        case Type::kBigint:
            return ArrowType::kInt64;
        case Type::kFloat:
            return ArrowType::kFloat;
        case Type::kDouble:
            return ArrowType::kDouble;
        case Type::kDecimal:
            if (column.precision == 0) {
                return ArrowType::kUtf8;
            }
            if (column.precision < 1 || column.precision > Decimal::kMaxDigits ||
                column.scale < 0 || column.scale > column.precision) {
                throw cistern::Error{"hive: column \"" + shown(column.name) + "\" is DECIMAL(" +
                                     std::to_string(column.precision) + ',' +
                                     std::to_string(column.scale) +
                                     "); Arrow has 1 to 38 digits and no more behind the point"};
            }
            return ArrowType::kDecimal;
        case Type::kDate:
            return ArrowType::kDate;
        case Type::kTimestamp:
            return ArrowType::kTimestamp;
        case Type::kIntervalYearMonth:
        case Type::kIntervalDayTime:
            return ArrowType::kInterval;
        case Type::kBinary:
            return ArrowType::kBinary;
        default:
            return ArrowType::kUtf8;
    }
}

std::string arrow_format(const ColumnInfo& column, const ArrowOptions& options) {
    switch (arrow_type(column)) {
        case ArrowType::kNull:
            return "n";
        case ArrowType::kBoolean:
            return "b";
        case ArrowType::kInt8:
            return "c";
        case ArrowType::kInt16:
            return "s";
        case ArrowType::kInt32:
            return "i";
        case ArrowType::kInt64:
            return "l";
        case ArrowType::kFloat:
            return "f";
        case ArrowType::kDouble:
            return "g";
        case ArrowType::kDecimal:
            return "d:" + std::to_string(column.precision) + ',' + std::to_string(column.scale);
        case ArrowType::kDate:
            return "tdD";
        case ArrowType::kTimestamp:
            return options.timestamps == ArrowOptions::Unit::kNanoseconds ? "tsn:" : "tsu:";
        case ArrowType::kInterval:
            return "tin";
        case ArrowType::kBinary:
            return "z";
        case ArrowType::kUtf8:
            break;
    }
    return "u";
}

void export_schema(const std::vector<ColumnInfo>& columns,
                   ArrowSchema* out,
                   const ArrowOptions& options) {
    std::vector<std::string> formats;
    for (const auto& column : columns) {
        formats.push_back(arrow_format(column, options));
    }
    auto owner = std::make_unique<SchemaOwner>();
    owner->format = "+s";
    owner->fields.reserve(columns.size());
    owner->children.reserve(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        auto field = std::make_unique<SchemaOwner>();
        field->format = std::move(formats[i]);
        field->name = columns[i].name;
        owner->fields.push_back(schema_of(std::move(field), ARROW_FLAG_NULLABLE));
    }
    *out = schema_of(std::move(owner), 0);
}

}  // namespace hive
