#pragma once

namespace hive_query {

// What the program ends with; the first three are beeline's.
enum ExitStatus : int {
    kSuccess = 0,
    kUnusable = 1,         // wrong usage, no connection, no way to write
    kStatementFailed = 2,  // or was cancelled
    kInterrupted = 130,    // left by Ctrl-C: the second, or the first while nothing runs yet
};

}  // namespace hive_query
