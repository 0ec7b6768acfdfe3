#pragma once

// Results in the memory format of Apache Arrow, through its C data and C stream interfaces: what
// pandas, Polars, DuckDB and others import without another library between. Link
// cistern::hive_values.
//
//     ArrowArrayStream stream;
//     hive::export_stream(std::move(operation), &stream);   // duckdb_arrow_scan(), pyarrow ...
//
// | SQL                                     | Arrow                                              |
// | BOOLEAN, TINYINT to BIGINT              | bool, int8 to int64                                |
// | FLOAT, DOUBLE                           | float, double                                      |
// | DECIMAL(p,s)                            | decimal128(p,s); utf8 where the server names no p  |
// | DATE                                    | date32                                             |
// | TIMESTAMP                               | timestamp without time zone; unit: ArrowOptions    |
// | intervals                               | month_day_nano_interval                            |
// | BINARY                                  | binary                                             |
// | NULL                                    | null                                               |
// | STRING, VARCHAR, CHAR, all others       | utf8: the server's text                            |
//
// ARRAY, MAP, STRUCT, UNION and TIMESTAMP WITH LOCAL TIME ZONE are among these others.

#include <cistern/hive/session.hpp>
#include <cistern/hive/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// The two interfaces' structures, word for word as their specification asks of everybody.
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

extern "C" {
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    std::int64_t flags;
    std::int64_t n_children;
    struct ArrowSchema** children;
    struct ArrowSchema* dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    std::int64_t length;
    std::int64_t null_count;
    std::int64_t offset;
    std::int64_t n_buffers;
    std::int64_t n_children;
    const void** buffers;
    struct ArrowArray** children;
    struct ArrowArray* dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};
}

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

extern "C" {
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    const char* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};
}

#endif  // ARROW_C_STREAM_INTERFACE

namespace hive {

struct ArrowOptions {
    // kNanoseconds reach from the year 1677 to 2262 only, kMicroseconds over all years. A timestamp
    // that does not fit, or would lose digits, is a ValueError: nothing is cut off.
    enum class Unit { kMicroseconds, kNanoseconds };
    Unit timestamps = Unit::kNanoseconds;
};

// Describes a batch with these columns: a struct with a field for each, all of them nullable. The
// caller releases `out`, as the specification says.
// Errors: cistern::Error for a DECIMAL with a scale that Arrow does not have; `out` is untouched.
void export_schema(const std::vector<ColumnInfo>& columns,
                   ArrowSchema* out,
                   const ArrowOptions& options = {});

// Copies a batch: `out` owns all that it needs, and is released by the caller. `first_row` is where
// the batch begins in its result; only errors tell it.
// Errors: ValueError for a value that its column's type cannot have, or a text that is not UTF-8;
// std::length_error for more than 2 GiB of text in a column; cistern::Error if batch and columns do
// not fit together. `out` is untouched then. Any thread may call it.
void export_batch(const std::vector<ColumnInfo>& columns,
                  const Batch& batch,
                  ArrowArray* out,
                  const ArrowOptions& options = {},
                  std::size_t first_row = 0);

// Hands the rest of a result to a reader of streams, batch by batch as they are fetched.
// `operation` belongs to the stream from now on, and the stream must not outlive the operation's
// lease: release it before. An error, ours or the server's, is EIO to the reader, with the text in
// get_last_error(). Waits as Operation::fetch() does. One task at a time may use the stream.
// REQUIRES: operation->has_result(), and finished
void export_stream(std::unique_ptr<Operation> operation,
                   ArrowArrayStream* out,
                   const ArrowOptions& options = {});

}  // namespace hive
