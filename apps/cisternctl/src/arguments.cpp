#include "arguments.hpp"

#include "console/nearest.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace cisternctl {
namespace {

using Name = std::pair<std::string_view, Command>;

constexpr std::array kCommands = {
    Name{"plugins", Command::kPlugins},
    Name{"check", Command::kCheck},
    Name{"ping", Command::kPing},
    Name{"stats", Command::kStats},
    Name{"help", Command::kHelp},
};

[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       const std::vector<std::string>& names) {
    const std::string near = console::nearest(text, names);
    return near.empty() ? "cisternctl --help lists what there is" : "did you mean " + near + "?";
}

[[nodiscard]] Command command_of(const std::string& text) {
    std::vector<std::string> names;
    for (const auto& [name, command] : kCommands) {
        if (name == text) {
            return command;
        }
        names.emplace_back(name);
    }
    throw UsageError{"unknown command '" + text + "': " + did_you_mean(text, names)};
}

[[nodiscard]] std::string default_conf() {
    const char* const named = std::getenv("CISTERN_CONF");
    return named != nullptr && *named != '\0' ? named : "conf/cistern.properties";
}

// Options that would change nothing are refused: whoever gives one expects something of it.
void check_options(const CLI::App& app, const std::string& command) {
    using Use = std::pair<std::string, std::string_view>;
    const std::array uses = {
        Use{"--conf", "check, ping and stats"},
        Use{"--format", "plugins and stats"},
        Use{"--timeout", "ping and stats"},
    };
    for (const auto& [option, commands] : uses) {
        if (app.count(option) > 0 && commands.find(command) == std::string_view::npos) {
            throw UsageError{"option " + option + " goes with " + std::string{commands} +
                             ", not with " + command};
        }
    }
}

[[nodiscard]] Format format_of(const std::string& text, Command command) {
    if (text == "table") {
        return Format::kTable;
    }
    if (text == "json") {
        return Format::kJson;
    }
    if (text == "openmetrics" && command == Command::kStats) {
        return Format::kOpenMetrics;
    }
    throw UsageError{"option --format: '" + text + "' is " +
                     (command == Command::kStats ? "none of table, json and openmetrics"
                                                 : "neither table nor json")};
}

void check_operands(const Arguments& parsed) {
    const std::size_t count = parsed.operands.size();
    if (parsed.command == Command::kCheck && count > 1) {
        throw UsageError{"check takes one file"};
    }
    if (parsed.command == Command::kStats && count > 1) {
        throw UsageError{"stats takes one pool, or none for all"};
    }
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& arguments) {
    Arguments parsed;
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        return parsed;
    }
    if (arguments[0] == "--version") {
        parsed.command = Command::kVersion;
        return parsed;
    }
    if (arguments[0].rfind('-', 0) == 0) {
        throw UsageError{"the command comes first, as in cisternctl check FILE"};
    }
    parsed.command = command_of(arguments[0]);

    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::string format = "table";
    std::string timeout;
    bool help = false;
    app.add_flag("-h,--help", help);
    app.add_option("--conf", parsed.conf);
    app.add_option("--format", format);
    app.add_option("--timeout", timeout);
    try {
        app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend() - 1});
    } catch (const CLI::ParseError& error) {
        throw UsageError{error.what()};
    }
    for (const std::string& extra : app.remaining()) {
        if (extra.rfind('-', 0) == 0) {
            throw UsageError{"unknown option " + extra + ": " +
                             did_you_mean(extra, {"--conf", "--format", "--timeout", "--help"})};
        }
        parsed.operands.push_back(extra);
    }
    if (help) {
        parsed.help_on = parsed.command;
        return parsed;
    }
    check_options(app, arguments[0]);
    parsed.format = format_of(format, parsed.command);
    if (!timeout.empty()) {
        parsed.timeout = console::duration_argument("--timeout", timeout);
    }
    check_operands(parsed);
    if (parsed.conf.empty()) {
        parsed.conf = default_conf();
    }
    return parsed;
}

}  // namespace cisternctl
