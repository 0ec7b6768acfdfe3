#pragma once

#include <cistern/hive/nested.hpp>

#include <string>
#include <string_view>

namespace hive::test {

// `value` as Apache Hive writes it: strings, dates and the like in quotes, with JSON's escapes.
[[nodiscard]] std::string written_by_hive(const Value& value, const NestedType& type);
// `value` as Spark writes it: strings in quotes, with no escapes; dates and the like bare.
[[nodiscard]] std::string written_by_spark(const Value& value, const NestedType& type);

// One string in quotes, as SerDeUtils.escapeString() has it.
[[nodiscard]] std::string in_json(std::string_view text);

}  // namespace hive::test
