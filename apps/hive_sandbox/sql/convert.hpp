#pragma once

#include "sql/cell.hpp"
#include "sql/sql_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox {

// CAST as Hive has it: what does not fit the type becomes NULL, integers keep their low bits,
// decimals are rounded half up, char and varchar are cut. The result is in the form the type is
// stored in:
//
//   boolean, integers   integer
//   float, double       real; NaN, which SQLite has no value for, is the text "NaN"
//   decimal             a number while 15 digits suffice, so that SQLite can count with it;
//                       else text
//   binary              blob
//   everything else     text, in the form HiveServer2 sends
[[nodiscard]] Cell convert(const Cell& value, const SqlType& type);

// Whether `value` is in the range of the integer type `id`; true for any other type.
[[nodiscard]] bool fits(std::int64_t value, TypeId id) noexcept;

// A stored value as the text a client is sent. REQUIRES: value is not NULL.
[[nodiscard]] std::string display(const Cell& value, const SqlType& type);

// Java's way to write a double: "1.0", "1.0E10".
[[nodiscard]] std::string java_double(double value);
// A float travels as the double with the same shortest decimal digits.
[[nodiscard]] double widened_float(double value);

}  // namespace sandbox
