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
    LexError(const std::string& what, std::size_t line, char opened)
        : runtime_error{what}, line_{line}, opened_{opened} {}
    // Where the quote or comment was opened.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    // The quote; * for a comment.
    [[nodiscard]] char opened() const noexcept { return opened_; }

private:
    std::size_t line_;
    char opened_;
};

// Splits `script` at its semicolons, save those in '...', "...", `...`, -- and /* */ comments.
// Statements that are empty are left out; the last one needs no semicolon. Comments go, because
// servers refuse commands that begin with one, but hints, /*+ ... */, stay. A line that begins with
// # where a statement could begin is a comment too, and one that begins with ! is a command of
// beeline's.
[[nodiscard]] std::vector<Statement> split_statements(std::string_view script);

// What somebody has typed up to now.
struct TypedSoFar {
    std::vector<Statement> statements;  // those that are complete
    std::string rest;                   // what no semicolon has ended yet, as it was typed
    // What `rest` is in the middle of: a quote, '*' for a comment, '(' for parentheses, '-' for a
    // statement, and 0 when it holds nothing to be run.
    char open = 0;
};
// As split_statements(), but what is not complete is no error. REQUIRES: `text` ends with a line.
[[nodiscard]] TypedSoFar split_typed(std::string_view text);

}  // namespace hive_query
