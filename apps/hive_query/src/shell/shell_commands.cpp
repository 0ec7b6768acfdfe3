// What the commands of the shell do.

#include "../script.hpp"
#include "../url_secrets.hpp"
#include "child.hpp"
#include "console/printable.hpp"
#include "console/text_table.hpp"
#include "settings.hpp"
#include "shell.hpp"

#include <utility>

namespace hive_query {
namespace {

constexpr int kDeepestRun = 16;

// A metadata call takes patterns; this name means itself.
[[nodiscard]] std::string literal_pattern(const std::string& name) {
    std::string pattern;
    for (const char c : name) {
        pattern += c == '_' || c == '%' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    }
    return pattern;
}

// "sales.orders" in the current database, or in the one it names.
[[nodiscard]] hive::MetadataFilter one_table(const std::string& name, const std::string& database) {
    const std::size_t dot = name.find('.');
    hive::MetadataFilter filter;
    filter.schema = dot == std::string::npos ? database : name.substr(0, dot);
    filter.table = dot == std::string::npos ? name : name.substr(dot + 1);
    return filter;
}

}  // namespace

bool Shell::run_command(const CommandLine& command) {
    const auto& arguments = command.arguments;
    switch (command.command) {
        case Command::kQuit:
            is_leaving_ = true;
            return true;
        case Command::kHelp:
            parts_.output.write(commands_help());
            parts_.output.finish();
            return true;
        case Command::kConnect:
            reconnect(command);
            return true;
        case Command::kReconnect:
            end_session(false);
            connect();
            return true;
        case Command::kClose:
            end_session(false);
            return true;
        case Command::kTables: {
            hive::MetadataFilter filter;
            filter.schema = literal_pattern(database_);
            filter.table = arguments.empty() ? "" : arguments.front();
            return call("!tables", [&](hive::Session& session) { return session.tables(filter); });
        }
        case Command::kColumns: {
            hive::MetadataFilter filter = one_table(arguments.front(), database_);
            filter.schema = literal_pattern(filter.schema);
            filter.table = literal_pattern(filter.table);
            return call("!columns",
                        [&](hive::Session& session) { return session.columns(filter); });
        }
        case Command::kPrimaryKeys: {
            const hive::MetadataFilter filter = one_table(arguments.front(), database_);
            return call("!primarykeys",
                        [&](hive::Session& session) { return session.primary_keys(filter); });
        }
        case Command::kDescribe:
            return run_statement({.text = "DESCRIBE " + command.rest});
        case Command::kSql:
            return run_statement({.text = command.rest});
        case Command::kDbInfo:
            show_server();
            return true;
        case Command::kHistory:
            show_history();
            return true;
        case Command::kRun:
            return run_file(arguments.front());
        case Command::kScript:
            script_path_ = arguments.empty() ? std::string{} : arguments.front();
            return true;
        case Command::kSet:
            return set(arguments);
        case Command::kOutputFormat:
            change("outputformat", arguments.front());
            return true;
        case Command::kNullEmptyString:
            change("nullemptystring", arguments.front());
            return true;
        case Command::kVerbose:
            change("verbose", "true");
            return true;
        case Command::kBrief:
            change("verbose", "false");
            return true;
        case Command::kSh: {
            const int status = Child{command.rest}.wait();
            if (status != 0) {
                parts_.messages.error("!sh: exit status " + std::to_string(status));
            }
            return status == 0;
        }
    }
    return true;
}

// A new place brings its own user and password; nothing of the old one is sent there.
void Shell::reconnect(const CommandLine& command) {
    const auto& arguments = command.arguments;
    std::vector<std::string> words;
    if (arguments.front().front() == '@') {
        words = {arguments.front()};
    } else {
        words = {"-u", arguments.front()};
    }
    if (arguments.size() > 1) {
        words.insert(words.end(), {"-n", arguments[1], "-p"});
    }
    Options options = parse_options(words);
    if (arguments.size() > 2) {
        options.ask_password = false;
        options.password = arguments[2];
    }
    options.plugin_dirs = options_.plugin_dirs;
    keep_settings(options, options_);
    options_ = std::move(options);
    home_database_ = options_.url.empty() ? std::string{} : database_of(options_.url);
    database_ = home_database_;
    parts_.completion.forget();
    parts_.link.go_to(options_);
    connect();
}

void Shell::show_server() {
    const hive::ServerInfo info = parts_.link.session().server_info();
    console::TextTable table{{"what", "value"}};
    table.add({"server", info.name});
    table.add({"version", info.version});
    table.add({"protocol", std::to_string(parts_.link.session().protocol_version())});
    table.add({"database", database_});
    if (!options_.url.empty()) {
        table.add({"url", without_secrets(options_.url)});
    }
    parts_.output.write(table.text());
    parts_.output.finish();
}

void Shell::show_history() {
    std::string text;
    std::size_t number = 0;
    for (const std::string& entry : entries_) {
        text += std::to_string(++number) + "  " + entry + "\n";
    }
    parts_.output.write(console::printable_lines(text));
    parts_.output.finish();
}

bool Shell::run_file(const std::string& path) {
    if (depth_ >= kDeepestRun) {
        throw UsageError{"!run " + path + ": files run each other too deeply"};
    }
    struct Deeper {
        explicit Deeper(int& counted) : depth{counted} { ++depth; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
        ~Deeper() { --depth; }
        int& depth;
    };
    const Deeper deeper{depth_};
    return run_script(read_statements(path)) || is_leaving_;
}

bool Shell::set(const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        console::TextTable table{{"setting", "value"}};
        for (const auto& [name, value] : settings_of(options_)) {
            table.add({name, value});
        }
        parts_.output.write(table.text());
        parts_.output.finish();
        return true;
    }
    if (arguments.size() != 2) {
        throw UsageError{"usage: !set NAME VALUE; !set alone lists all"};
    }
    change(arguments[0], arguments[1]);
    return true;
}

void Shell::change(const std::string& name, const std::string& value) {
    change_setting(options_, name, value);
    parts_.messages.silence(options_.silent);
    parts_.on_change(options_);
}

}  // namespace hive_query
