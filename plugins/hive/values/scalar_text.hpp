#pragma once

#include <cistern/hive/nested.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace hive {

[[nodiscard]] bool is_container(Type type) noexcept;

// How long the word without quotes is that `text` begins with.
[[nodiscard]] std::size_t bare_size(std::string_view text) noexcept;
// Its value: null, true, false, a number, or a date, timestamp or interval as text. Nothing for any
// other word.
[[nodiscard]] std::optional<Value> bare_value(std::string_view word);

// Whether a server writes values of this type so. NULL fits every type when it is not in quotes.
[[nodiscard]] bool fits(const Value& value, bool is_quoted, Type type) noexcept;

}  // namespace hive
