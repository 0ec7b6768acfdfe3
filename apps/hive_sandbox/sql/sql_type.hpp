#pragma once

#include <cistern/hive/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

using TypeId = hive::Type;

// A Hive column type with its parameters.
struct SqlType {
    TypeId id = TypeId::kString;
    int length = 0;     // of char and varchar
    int precision = 0;  // of decimal
    int scale = 0;
    std::string nested{};  // array, map, struct, uniontype: the whole text, "map<string,int>"

    friend bool operator==(const SqlType&, const SqlType&) = default;
};

// As Hive writes it: "decimal(10,2)", "timestamp with local time zone", "array<int>".
[[nodiscard]] std::string to_string(const SqlType& type);

// Nothing for a text that is no Hive type.
[[nodiscard]] std::optional<SqlType> parse_hive_type(std::string_view text);

// What stands behind a column's name in SQLite's CREATE TABLE. SQLite keeps the words as they are,
// so they serve as the memory of the Hive type, and it derives its own storage rule from them: text
// must not turn into numbers nor long decimals into doubles.
[[nodiscard]] std::string declaration_of(const SqlType& type);

// The type of a column SQLite declares like this, by us or by whoever made the file. Nothing when
// the words say nothing: the values decide then.
[[nodiscard]] std::optional<SqlType> type_of_declaration(std::string_view declared);

[[nodiscard]] bool is_integer(TypeId id) noexcept;
[[nodiscard]] bool is_text(TypeId id) noexcept;
[[nodiscard]] bool is_nested(TypeId id) noexcept;

// java.sql.Types, which the metadata calls speak.
[[nodiscard]] int jdbc_type(TypeId id) noexcept;

}  // namespace sandbox
