#pragma once

#include "sql/catalog.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

struct ScriptStatement {
    std::string text;
    int line;  // where it begins, from 1
};

// Splits at semicolons outside of quotes and comments; empty pieces are left out.
[[nodiscard]] std::vector<ScriptStatement> split_script(std::string_view text);

// Runs a file of statements; throws std::runtime_error with the file and the line.
void run_script(Catalog& catalog, const std::string& path);

}  // namespace sandbox
