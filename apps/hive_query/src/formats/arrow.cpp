#include "arrow.hpp"

#include "arrow_message.hpp"

#include <utility>

namespace hive_query {

ArrowWriter::ArrowWriter(Output& output,
                         const FormatOptions& options,
                         std::vector<hive::ColumnInfo> columns)
    : RowWriter{output, options, std::move(columns)} {
    using Unit = hive::ArrowOptions::Unit;
    arrow_options_.timestamps =
        options.format == Format::kArrowNanoseconds ? Unit::kNanoseconds : Unit::kMicroseconds;
    hive::export_schema(this->columns(), &schema_, arrow_options_);
}

ArrowWriter::~ArrowWriter() {
    schema_.release(&schema_);
}

void ArrowWriter::begin() {
    append_schema(output().buffer(), schema_);
}

void ArrowWriter::rows(const hive::Batch& batch) {
    struct Exported : ArrowArray {
        Exported() : ArrowArray{} {}
        Exported(const Exported&) = delete;
        Exported& operator=(const Exported&) = delete;
        ~Exported() {
            if (release != nullptr) {
                release(this);
            }
        }
    } exported;
    hive::export_batch(columns(), batch, &exported, arrow_options_, rows_before_);
    append_batch(output().buffer(), schema_, exported);
    rows_before_ += batch.rows;
    output().row_done();
}

void ArrowWriter::end() {
    append_end_of_stream(output().buffer());
    output().flush();
}

}  // namespace hive_query
