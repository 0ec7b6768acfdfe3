#pragma once

#include <string>
#include <string_view>

namespace cistern {

// A text without its escapes, or what is wrong with them. The problem never quotes the text.
struct Unescaped {
    std::string text;
    std::string problem;
};

// Resolves \\, \t, \n, \r, \f, \uXXXX, and a backslash before a space or one of = : # ! " '.
[[nodiscard]] Unescaped unescape(std::string_view raw);

// What keeps `line` from being text: control characters or bytes that are not UTF-8. Empty:
// nothing.
[[nodiscard]] std::string bytes_problem(std::string_view line);

}  // namespace cistern
