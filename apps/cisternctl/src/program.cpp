#include "program.hpp"

#include "arguments.hpp"
#include "commands.hpp"
#include "console/printable.hpp"
#include "help.hpp"

#include <cistern/version.hpp>

#include <exception>
#include <ostream>
#include <string>

namespace cisternctl {
namespace {

[[nodiscard]] int run(const Arguments& arguments, std::ostream& out) {
    if (arguments.help_on) {
        out << help_text(*arguments.help_on);
        return 0;
    }
    switch (arguments.command) {
        case Command::kPlugins:
            return show_plugins(arguments, out);
        case Command::kCheck:
            return check_file(arguments, out);
        case Command::kPing:
            return ping_pools(arguments, out);
        case Command::kStats:
            return show_stats(arguments, out);
        case Command::kVersion:
            out << "cisternctl " CISTERN_VERSION "\n";
            return 0;
        case Command::kHelp:
            break;
    }
    out << help_text(Command::kHelp);
    return 0;
}

}  // namespace

int run_program(const std::vector<std::string>& arguments,
                std::ostream& out,
                std::ostream& errors) {
    try {
        return run(parse_arguments(arguments), out);
    } catch (const UsageError& error) {
        errors << console::printable_lines(std::string{"cisternctl: "} + error.what())
               << "cisternctl --help shows how it is used\n";
    } catch (const std::exception& error) {
        errors << console::printable_lines(std::string{"cisternctl: "} + error.what());
    }
    return 1;
}

}  // namespace cisternctl
