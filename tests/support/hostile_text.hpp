#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace cistern::test {

// Pieces of text that end, begin or change something in somebody's SQL, or are hard to carry.
[[nodiscard]] inline const std::vector<std::string>& hostile_pieces() {
    using namespace std::string_literals;
    static const std::vector pieces{"'"s,
                                    "''"s,
                                    "\""s,
                                    "\\"s,
                                    "\\'"s,
                                    "\\\\"s,
                                    "\\\\'"s,
                                    "--"s,
                                    "/*"s,
                                    "*/"s,
                                    ";"s,
                                    "?"s,
                                    ":a"s,
                                    "`"s,
                                    "${hiveconf:hive.cli.print.header}"s,
                                    "${x}"s,
                                    "$"s,
                                    "{x}"s,
                                    "\n"s,
                                    "\r"s,
                                    "\t"s,
                                    "\b"s,
                                    "\x1A"s,
                                    "\0"s,
                                    "%"s,
                                    "_"s,
                                    "\\u0027"s,
                                    "\\047"s,
                                    "' or '1'='1"s,
                                    "\xC3\xBC"s,
                                    "\xE2\x80\x99"s,
                                    "\xF0\x9F\x9C\x81"s,
                                    "\xEF\xBF\xBF"s,
                                    "\xCA\xBC"s,
                                    "\xC2\x85"s,
                                    "\xE2\x80\xA8"s,
                                    "\x7F"s,
                                    "a"s,
                                    " "s};
    return pieces;
}

// `count` pieces in a row.
[[nodiscard]] inline std::string hostile_text(std::mt19937& chance, std::size_t count) {
    std::string text;
    for (; count > 0; --count) {
        text += hostile_pieces()[chance() % hostile_pieces().size()];
    }
    return text;
}

}  // namespace cistern::test
