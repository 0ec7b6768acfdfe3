#include "commands.hpp"

#include "console/nearest.hpp"
#include "console/usage_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hive_query {
namespace {

using console::UsageError;

struct Known {
    const char* name;
    const char* arguments;
    const char* help;  // none: an alias, which is not listed
    Command command;
    std::size_t most_arguments;
};

constexpr std::size_t kAny = 1000;

constexpr std::array kKnown = {
    Known{"brief", "", "show errors without all that the server says", Command::kBrief, 0},
    Known{"close", "", "end the session", Command::kClose, 0},
    Known{"closeall", "", nullptr, Command::kClose, 0},
    Known{"columns", "TABLE", "the table's columns", Command::kColumns, 1},
    Known{"connect",
          "URL|@NAME [USER [PASSWORD]]",
          "go to another server; asks for the password when only a user is given",
          Command::kConnect,
          3},
    Known{"dbinfo", "", "the server's name and version", Command::kDbInfo, 0},
    Known{"describe", "TABLE", "what the server says of the table", Command::kDescribe, kAny},
    Known{"done", "", nullptr, Command::kQuit, 0},
    Known{"exit", "", nullptr, Command::kQuit, 0},
    Known{"help", "", "this list", Command::kHelp, kAny},
    Known{"?", "", nullptr, Command::kHelp, kAny},
    Known{"history", "", "what was typed before", Command::kHistory, 0},
    Known{"nullemptystring", "true|false", "show NULL as nothing", Command::kNullEmptyString, 1},
    Known{"open", "URL", nullptr, Command::kConnect, 3},
    Known{
        "outputformat", "FORMAT", "how rows are shown: csv, json, ...", Command::kOutputFormat, 1},
    Known{"primarykeys", "TABLE", "the table's primary key", Command::kPrimaryKeys, 1},
    Known{"q", "", nullptr, Command::kQuit, 0},
    Known{"quit", "", "leave; so does Ctrl-D", Command::kQuit, 0},
    Known{"reconnect", "", "end the session and open another one", Command::kReconnect, 0},
    Known{"run", "FILE", "run the statements and commands in FILE", Command::kRun, 1},
    Known{"script", "[FILE]", "append what is run to FILE; alone: no more", Command::kScript, 1},
    Known{
        "set", "[NAME VALUE]", "change one of our own settings, or list them", Command::kSet, kAny},
    Known{"sh", "COMMAND", "run a shell command", Command::kSh, kAny},
    Known{"sql", "STATEMENT", "run a statement", Command::kSql, kAny},
    Known{"tables",
          "[PATTERN]",
          "tables of the current database, as in !tables sales%",
          Command::kTables,
          1},
    Known{"verbose", "", "show statements as they run, and all of errors", Command::kVerbose, 0},
};

using Advice = std::pair<std::string_view, std::string_view>;
constexpr std::array kCommandAdvice = {
    Advice{"all", "hive-query has one session at a time"},
    Advice{"autocommit", "statements are committed by the server as they end"},
    Advice{"batch", "statements run one by one"},
    Advice{"commit", "statements are committed by the server as they end"},
    Advice{"delimiter", "statements end with a semicolon"},
    Advice{"dropall", "drop tables one by one, with DROP TABLE"},
    Advice{"go", "hive-query has one session at a time; !connect goes elsewhere"},
    Advice{"indexes", "Hive has no indexes any more"},
    Advice{"isolation", "the server has one isolation level"},
    Advice{"list", "hive-query has one session at a time"},
    Advice{"manual", "see apps/hive_query/README.md"},
    Advice{"properties",
           "describe the connection in ~/.config/cistern/connections.properties and use !connect "
           "@NAME"},
    Advice{"record", "use !script FILE for statements, and --format csv -e ... > FILE for rows"},
    Advice{"rollback", "statements are committed by the server as they end"},
    Advice{"save", "put !set lines into ~/.config/cistern/hive-query.rc"},
};

[[nodiscard]] std::string refusal(const std::string& name) {
    for (const auto& [known, advice] : kCommandAdvice) {
        if (known == name) {
            return "!" + name + " of beeline's is not offered: " + std::string{advice};
        }
    }
    std::vector<std::string> all;
    for (const Known& known : kKnown) {
        all.emplace_back(known.name);
    }
    const std::string near = console::nearest(name, all);
    return "there is no command !" + name +
           (near.empty() ? "; !help lists all" : "; did you mean !" + near + "?");
}

[[nodiscard]] std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool has_word = false;
    char quote = 0;
    for (const char c : text) {
        if (quote != 0) {
            quote = c == quote ? '\0' : quote;
            word += quote != 0 ? std::string(1, c) : std::string{};
        } else if (c == '"' || c == '\'') {
            quote = c;
            has_word = true;
        } else if (c == ' ' || c == '\t') {
            if (has_word) {
                words.push_back(std::move(word));
            }
            word.clear();
            has_word = false;
        } else {
            word += c;
            has_word = true;
        }
    }
    if (has_word) {
        words.push_back(std::move(word));
    }
    return words;
}

[[nodiscard]] bool needs_argument(const Known& known) noexcept {
    const std::string_view shown = known.arguments;
    return !shown.empty() && shown.front() != '[';
}

}  // namespace

const std::vector<std::string>& command_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const Known& known : kKnown) {
            if (known.help != nullptr) {
                all.emplace_back(known.name);
            }
        }
        return all;
    }();
    return names;
}

CommandLine parse_command(std::string_view line) {
    line.remove_prefix(line.empty() ? 0 : 1);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string name{line.substr(0, end)};
    const auto known = std::find_if(
        kKnown.begin(), kKnown.end(), [&name](const Known& one) { return one.name == name; });
    if (known == kKnown.end()) {
        throw UsageError{refusal(name)};
    }
    std::string_view rest = line.substr(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    CommandLine parsed{known->command, name, std::string{rest}, split(rest)};
    const bool is_missing = parsed.arguments.empty() && needs_argument(*known);
    if (is_missing || parsed.arguments.size() > known->most_arguments) {
        throw UsageError{"usage: !" + name +
                         (*known->arguments == '\0' ? "" : std::string{" "} + known->arguments)};
    }
    return parsed;
}

std::string commands_help() {
    std::string text;
    for (const Known& known : kKnown) {
        if (known.help != nullptr) {
            std::string left = std::string{"  !"} + known.name + " " + known.arguments;
            left.resize(std::max<std::size_t>(left.size() + 1, 32), ' ');
            text += left + known.help + "\n";
        }
    }
    return text +
           "All else is sent to the server once a semicolon ends it. TAB completes, arrow-up and\n"
           "Ctrl-R bring back what was typed before, Ctrl-C cancels, Ctrl-D leaves.\n";
}

}  // namespace hive_query
