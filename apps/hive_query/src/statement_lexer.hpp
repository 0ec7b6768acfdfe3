#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// One statement out of a script.
struct Statement {
    std::string text;      // without its semicolon and its comments; line ends stay where they were
    std::size_t line = 1;  // where it begins, counted from 1
    std::string source{};  // "report.sql", "-e"; set by whoever read the script
    bool is_command = false;  // one of beeline's own, "!quit"
};

// A script that ends inside of a quote or a comment.
class LexError : public std::runtime_error {
public:
    LexError(const std::string& what, std::size_t line) : runtime_error{what}, line_{line} {}
    // Where the quote or comment was opened.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

private:
    std::size_t line_;
};

// Splits `script` at its semicolons, save those in '...', "...", `...`, -- and /* */ comments.
// Statements that are empty are left out; the last one needs no semicolon. Comments go, because
// servers refuse commands that begin with one, but hints, /*+ ... */, stay. A line that begins with
// # where a statement could begin is a comment too, and one that begins with ! is a command of
// beeline's.
[[nodiscard]] std::vector<Statement> split_statements(std::string_view script);

}  // namespace hive_query
