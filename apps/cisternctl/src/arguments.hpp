#pragma once

#include "console/usage_error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace cisternctl {

using console::UsageError;

enum class Command { kHelp, kVersion, kPlugins, kCheck, kPing, kStats };

enum class Format { kTable, kJson, kOpenMetrics };

struct Arguments {
    Command command = Command::kHelp;
    std::optional<Command> help_on{};     // "cisternctl check --help"
    std::vector<std::string> operands{};  // folders, files or pools
    std::string conf{};                   // never empty for commands that read one
    Format format = Format::kTable;
    std::optional<std::chrono::nanoseconds> timeout{};
};

// Reads the arguments behind the program's name; throws UsageError.
[[nodiscard]] Arguments parse_arguments(const std::vector<std::string>& arguments);

}  // namespace cisternctl
