#pragma once

#include "sql/cell.hpp"
#include "sql/run_control.hpp"

#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace sandbox {

// What functions see of the session that runs them.
struct FunctionContext {
    RunControl* control = nullptr;
    std::string user{};
    std::string database{};
};

struct FunctionEntry {
    const char* name;
    int arguments;  // -1: any number
    Cell (*call)(FunctionContext&, const Row&);
    bool deterministic = true;
};

struct FunctionBinding {
    const FunctionEntry* entry;
    FunctionContext* context;
};

// Hive's functions that SQLite lacks. The bindings must live as long as the connection.
[[nodiscard]] std::vector<FunctionBinding> add_functions(sqlite3* db, FunctionContext& context);

// Their names, for GetFunctions.
[[nodiscard]] std::vector<std::string_view> function_names();

// By subject.
[[nodiscard]] const std::vector<FunctionEntry>& text_functions();
[[nodiscard]] const std::vector<FunctionEntry>& time_functions();
[[nodiscard]] const std::vector<FunctionEntry>& other_functions();

// The table function range([start,] end [, step]) with its column `id`.
void add_range_table(sqlite3* db);

}  // namespace sandbox
