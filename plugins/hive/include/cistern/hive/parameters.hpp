#pragma once

// Values in statements. HiveServer2 knows no parameters: they are written into the SQL as literals,
// here, so that no value can be read as anything but itself. Link cistern::hive_values.
//
//     auto found = hive::execute(*session, "select * from t where name = ? and day < ?",
//                                {std::string{name}, date});
//
// The literals mean the same to Apache Hive and to Spark, whatever their settings: a string of
// ordinary characters stands in single quotes; one with quotes, backslashes, control characters, $
// (variables are put in even between quotes) or the marks of comments is written as
// decode(unhex(...)), in digits. So there is nothing to be escaped, and nothing to go wrong in
// escaping. A value stands for an expression: where the grammar takes a bare string only (LOCATION,
// COMMENT), a string that is written in digits is a syntax error of the server's.

#include <cistern/error.hpp>
#include <cistern/hive/session.hpp>
#include <cistern/hive/values.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hive {

// A BINARY value, where std::string is a STRING.
struct Bytes {
    std::string bytes;
};

// A value and, by its C++ type, its SQL type: NULL, BOOLEAN, TINYINT to BIGINT, FLOAT, DOUBLE,
// DECIMAL, STRING (UTF-8), BINARY, DATE, TIMESTAMP, and the intervals. Spark keeps microseconds,
// and cuts off what is finer.
using Parameter = std::variant<std::nullptr_t,
                               bool,
                               std::int8_t,
                               std::int16_t,
                               std::int32_t,
                               std::int64_t,
                               float,
                               double,
                               Decimal,
                               std::string,
                               Bytes,
                               Date,
                               Timestamp,
                               IntervalYearMonth,
                               IntervalDayTime>;
using Parameters = std::vector<Parameter>;
using NamedParameters = std::map<std::string, Parameter, std::less<>>;

// A statement and its values do not fit together, or a value has no literal. Nothing was sent.
//
// Errors: what() names parameters by number or name and never shows a value, which may be a secret.
class BindError : public cistern::Error {
public:
    using Error::Error;
};

// `sql` with its n-th ? replaced by the n-th value. A ? in a string, a quoted name or a comment is
// no parameter. Never use the result as another statement's `sql`.
//
// Errors: BindError for another number of values than of ?; a string that is not UTF-8 (send it as
// Bytes); a date or timestamp outside of the years 1 to 9999; a decimal of more than 38 digits; a
// quote or comment in `sql` that is never closed; a raw string of Spark's (r'\d') with a backslash,
// whose end Hive sees elsewhere; a statement that passes 64 MiB. Any thread may call it.
[[nodiscard]] std::string bind(std::string_view sql, const Parameters& values);
// As bind(), with :name instead of ?, as often as one likes. A name is letters, digits and _, and
// the colon follows no letter, digit, _, ` or colon, so that struct<a:int> and a::int stay what
// they are. Every name has to have a value, and every value a place.
[[nodiscard]] std::string bind_named(std::string_view sql, const NamedParameters& values);

// The literal that bind() writes for a value. Errors: BindError
[[nodiscard]] std::string literal(const Parameter& value);

// session.execute(bind(sql, values), options), and the same by name.
std::unique_ptr<Operation> execute(Session& session,
                                   std::string_view sql,
                                   const Parameters& values,
                                   const ExecuteOptions& options = {});
std::unique_ptr<Operation> execute_named(Session& session,
                                         std::string_view sql,
                                         const NamedParameters& values,
                                         const ExecuteOptions& options = {});

}  // namespace hive
