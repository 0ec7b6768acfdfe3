#pragma once

#include <cistern/hive/types.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hive_query {

enum class BinaryText { kHex, kBase64, kRaw };

void append_hex(std::string& out, std::string_view bytes);
void append_base64(std::string& out, std::string_view bytes);

// True for the types that are written flush right, and bare in JSON.
[[nodiscard]] bool is_numeric(hive::Type type) noexcept;

// The characters of a value that is text; empty for every other.
[[nodiscard]] const hive::Texts* texts_of(const hive::Column& column) noexcept;

// Appends a value that is not NULL, unquoted.
void append_value(std::string& out,
                  const hive::Column& column,
                  const hive::ColumnInfo& info,
                  std::size_t row,
                  BinaryText binary);

}  // namespace hive_query
