#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hive::test {

// The ways in which servers take statements apart.
enum class Server {
    kHive,         // backslash escapes; adjacent literals are joined
    kSpark,        // the same, and '' is a quotation mark within a string
    kSparkAsItIs,  // spark.sql.parser.escapedStringLiterals: a backslash stays, but still guards
                   // the byte behind it; comments may be nested
};

// The words of a statement: a string's value behind its ', anything else in small pieces. Throws
// std::invalid_argument for a string or comment that is never closed. Variables, ${x}, are put in
// before, as both servers do it.
[[nodiscard]] std::vector<std::string> words_of(std::string_view sql, Server server);

}  // namespace hive::test
