#pragma once

// ARRAY, MAP, STRUCT and UNION out of the text that HiveServer2 sends for them. Link
// cistern::hive_values.
//
// The two servers write it differently. Apache Hive escapes strings as JSON does, and what it wrote
// can be read again. Spark escapes nothing: ["a","b"] is what it writes for two strings as well as
// for the single string a","b. No reader can tell these apart, so none is made up here: a text that
// can be read in two ways is handed out as it is, with the reason. What helps on Spark:
//   - to select to_json(x), which is JSON and is read with Writer::kHive;
//   - to select the parts (x.name, x[0]) instead of the whole;
//   - to promise that no string holds a quotation mark (NestedOptions::no_quotes_in_strings).

#include <cistern/hive/types.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hive {

// A type with all of its parts, as DDL and the column TYPE_NAME of Session::columns() have it.
// The columns of a result say the outermost type only.
struct NestedType {
    Type type = Type::kString;
    std::vector<NestedType> parts{};   // of ARRAY one, of MAP two, of STRUCT and UNION any number
    std::vector<std::string> names{};  // of a STRUCT's parts
};

// Reads "array<struct<day:date,tags:map<int,string>>>", in any case; "string collate x" and other
// additions of a server are refused. Errors: std::invalid_argument, with the place.
[[nodiscard]] NestedType parse_type(std::string_view text);

// One value of a nested one: a tree.
struct Value {
    enum class Kind {
        kNull,
        kBoolean,
        kNumber,   // `text` holds its digits as they came; NaN, Infinity and -Infinity are numbers
        kText,     // a string, and every other type that servers write as text: DATE, TIMESTAMP ...
        kList,     // ARRAY
        kEntries,  // MAP, STRUCT and UNION, whose key is the tag; without a declared type these
                   // cannot be told apart everywhere
    };

    Kind kind = Kind::kNull;
    bool boolean = false;
    std::string text{};         // of kNumber and kText
    std::vector<Value> keys{};  // of kEntries: as many as `items`, in the order they came
    std::vector<Value> items{};

    friend bool operator==(const Value&, const Value&) = default;
};

// Why a text is handed out instead of a value.
struct Unread {
    std::string text;          // all of it, as it came
    std::string reason;        // in words
    std::size_t position = 0;  // the byte of `text` that the reason is about, from 0

    friend bool operator==(const Unread&, const Unread&) = default;
};

using Nested = std::variant<Value, Unread>;

// Who wrote a text.
enum class Writer {
    kUnknown,  // a value only where both readings agree
    kHive,     // JSON's escapes
    kSpark,    // none at all
};
// By the server's name, as Session::server_info() tells it. Others than Apache Hive and Spark:
// kUnknown.
[[nodiscard]] Writer writer_of(std::string_view server_name) noexcept;

struct NestedOptions {
    Writer writer = Writer::kUnknown;
    // What the text has to be. Without it, numbers and strings are told apart by how they are
    // written, and a BINARY inside, which both servers write without quotes, goes unnoticed where
    // its bytes look like something else: who has such columns declares the type, and gets the
    // text. So does who has fields whose names hold a quotation mark or a backslash, which neither
    // server escapes: a declared name is compared as it stands.
    const NestedType* declared = nullptr;
    // The caller knows that no string in the text holds a quotation mark. Then Spark's texts can
    // be read; where it is not true they may be read wrongly.
    bool no_quotes_in_strings = false;
    // Texts beyond any of these are handed out as they are.
    std::size_t max_depth = 64;  // containers within containers; 1,000 at most
    std::size_t max_bytes = std::size_t{64} << 20U;
    std::size_t max_values = 1'000'000;
};

// Reads one nested value. Never throws for what a server wrote.
[[nodiscard]] Nested parse_nested(std::string_view text, const NestedOptions& options = {});

}  // namespace hive
