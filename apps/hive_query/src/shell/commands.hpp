#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// What a line that begins with ! asks for.
enum class Command {
    kBrief,
    kClose,
    kColumns,
    kConnect,
    kDbInfo,
    kDescribe,
    kHelp,
    kHistory,
    kNullEmptyString,
    kOutputFormat,
    kPrimaryKeys,
    kQuit,
    kReconnect,
    kRun,
    kScript,
    kSet,
    kSh,
    kSql,
    kTables,
    kVerbose,
};

// A line taken apart: "!columns sales" is kColumns and {"sales"}.
struct CommandLine {
    Command command;
    std::string name;                    // as it was typed, without the !
    std::string rest;                    // all behind it, for those who take it as one
    std::vector<std::string> arguments;  // `rest` split at blanks; quotes hold words together
};

// The names that are offered, without aliases; sorted.
[[nodiscard]] const std::vector<std::string>& command_names();

// Throws UsageError when there is no such command, naming the nearest or why there is none.
[[nodiscard]] CommandLine parse_command(std::string_view line);

// All commands, one line each.
[[nodiscard]] std::string commands_help();

}  // namespace hive_query
