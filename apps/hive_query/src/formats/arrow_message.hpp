#pragma once

// The messages of Apache Arrow's IPC stream format, made of what the C data interface holds.

#include <cistern/hive/arrow.hpp>

#include <string>

namespace hive_query {

// Each appends one message: a stream is its schema, any number of batches, and the end. `schema` is
// that of the batch.
//
// Errors: std::length_error for what Arrow cannot count. `out` holds part of a message then.
void append_schema(std::string& out, const ArrowSchema& schema);
void append_batch(std::string& out, const ArrowSchema& schema, const ArrowArray& batch);
void append_end_of_stream(std::string& out);

}  // namespace hive_query
