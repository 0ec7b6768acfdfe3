#pragma once

#include "options.hpp"
#include "statement_lexer.hpp"

#include <string>
#include <vector>

namespace hive_query {

// All that is to be run, read and split before the first connection is made.
struct Script {
    std::vector<Statement> init;
    std::vector<Statement> statements;
};

// Throws ScriptError for files that cannot be read, and for statements that no server need see, as
// "report.sql:12: ...".
[[nodiscard]] Script read_script(const Options& options);

// The statements and commands of one file; "-" is standard input. Throws ScriptError.
[[nodiscard]] std::vector<Statement> read_statements(const std::string& path);

// Where a statement stands, for the front of a message: "report.sql:12: ". Empty when there is only
// one place it could be.
[[nodiscard]] std::string place_of(const Statement& statement);

}  // namespace hive_query
