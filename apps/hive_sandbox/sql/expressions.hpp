#pragma once

#include "sql/tokens.hpp"

#include <string>

namespace sandbox {

// The same tokens with what HiveQL spells otherwise than SQLite put in SQLite's words: CAST to Hive
// types (as hive_cast(value, 'type')), `/` that always divides exactly, DIV, RLIKE, <=>, typed
// literals (DATE '...', 10L), IF, functions under other names, the database `default`.
[[nodiscard]] Tokens rewrite_expressions(TokenSpan tokens);

// ${hivevar:x}, ${hiveconf:x} and ${x} replaced by what `find` knows; others stay.
template <typename Find>
[[nodiscard]] std::string substitute(const std::string& text, Find find) {
    std::string out;
    std::size_t at = 0;
    while (true) {
        const auto begin = text.find("${", at);
        const auto end = begin == std::string::npos ? begin : text.find('}', begin);
        if (end == std::string::npos) {
            return out + text.substr(at);
        }
        out += text.substr(at, begin - at);
        const auto value = find(text.substr(begin + 2, end - begin - 2));
        out += value ? *value : text.substr(begin, end - begin + 1);
        at = end + 1;
    }
}

}  // namespace sandbox
