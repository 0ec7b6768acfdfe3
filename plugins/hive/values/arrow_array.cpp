#include "arrow_column.hpp"

#include <memory>
#include <utility>

namespace hive {
namespace {

// What an array points into. The children are released by themselves, as a reader may have moved
// them out of the array.
struct ArrayOwner {
    ArrowColumn column;
    std::vector<const void*> buffers;
    std::vector<ArrowArray> fields;
    std::vector<ArrowArray*> children;
};

void release_array(ArrowArray* array) {
    const std::unique_ptr<ArrayOwner> owner{static_cast<ArrayOwner*>(array->private_data)};
    for (ArrowArray* const child : owner->children) {
        if (child->release != nullptr) {
            child->release(child);
        }
    }
    array->release = nullptr;
}

// REQUIRES: the owner's `buffers` are set
ArrowArray array_of(std::unique_ptr<ArrayOwner> owner, std::size_t rows) {
    for (auto& field : owner->fields) {
        owner->children.push_back(&field);
    }
    ArrowArray out{};
    out.length = static_cast<std::int64_t>(rows);
    out.null_count = owner->column.nulls;
    out.n_buffers = static_cast<std::int64_t>(owner->buffers.size());
    out.n_children = static_cast<std::int64_t>(owner->children.size());
    out.buffers = owner->buffers.data();
    out.children = owner->children.data();
    out.release = release_array;
    out.private_data = owner.release();
    return out;
}

ArrowArray field_of(ArrowColumn column, std::size_t rows) {
    static const std::uint64_t kNothing = 0;  // readers want a pointer where there is no byte, too
    auto owner = std::make_unique<ArrayOwner>();
    owner->column = std::move(column);
    for (const auto& buffer : owner->column.buffers) {
        owner->buffers.push_back(buffer.empty() ? static_cast<const void*>(&kNothing)
                                                : buffer.data());
    }
    return array_of(std::move(owner), rows);
}

}  // namespace

void export_batch(const std::vector<ColumnInfo>& columns,
                  const Batch& batch,
                  ArrowArray* out,
                  const ArrowOptions& options,
                  std::size_t first_row) {
    if (columns.size() != batch.columns.size()) {
        throw cistern::Error{"hive: the batch has " + std::to_string(batch.columns.size()) +
                             " columns, and " + std::to_string(columns.size()) + " are described"};
    }
    std::vector<ArrowColumn> built;
    built.reserve(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const ColumnReader reader{columns[i], batch.columns[i], first_row};
        built.push_back(arrow_column(reader, batch.rows, options));
    }
    auto owner = std::make_unique<ArrayOwner>();
    owner->buffers.push_back(nullptr);  // a row itself is never NULL
    owner->fields.reserve(columns.size());
    owner->children.reserve(columns.size());
    for (auto& column : built) {
        owner->fields.push_back(field_of(std::move(column), batch.rows));
    }
    *out = array_of(std::move(owner), batch.rows);
}

}  // namespace hive
