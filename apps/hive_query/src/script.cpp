#include "script.hpp"

#include "shell/commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace hive_query {
namespace {

[[nodiscard]] std::string read_all(int descriptor, const std::string& name) {
    std::string text;
    std::array<char, 65536> part{};
    while (true) {
        const ssize_t size = ::read(descriptor, part.data(), part.size());
        if (size == 0) {
            return text;
        }
        if (size > 0) {
            text.append(part.data(), static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            throw ScriptError{"cannot read " + name + ": " +
                              std::generic_category().message(errno)};
        }
    }
}

[[nodiscard]] std::string read_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        throw ScriptError{"cannot open " + path + ": " + std::generic_category().message(errno)};
    }
    try {
        std::string text = read_all(descriptor, path);
        ::close(descriptor);
        return text;
    } catch (...) {
        ::close(descriptor);
        throw;
    }
}

void append_split(std::vector<Statement>& all, const std::string& text, const std::string& source) {
    try {
        for (Statement& statement : split_statements(text)) {
            statement.source = source;
            all.push_back(std::move(statement));
        }
    } catch (const LexError& error) {
        throw ScriptError{source + ":" + std::to_string(error.line()) + ": " + error.what()};
    }
}

void append_file(std::vector<Statement>& all, const std::string& path) {
    if (path == "-") {
        append_split(all, read_all(STDIN_FILENO, "standard input"), "stdin");
    } else {
        append_split(all, read_file(path), path);
    }
}

[[nodiscard]] bool is_end(const std::string& text) {
    return text == "!quit" || text == "!q" || text == "!exit" || text == "!done" ||
           text == "quit" || text == "exit";
}

// Ends the script at !quit, and refuses other commands.
void apply_commands(std::vector<Statement>& statements) {
    for (auto statement = statements.begin(); statement != statements.end(); ++statement) {
        if (is_end(statement->text)) {
            statements.erase(statement, statements.end());
            return;
        }
        if (statement->is_command) {
            const std::string place =
                statement->source + ":" + std::to_string(statement->line) + ": ";
            std::string name;
            try {
                name = parse_command(statement->text).name;
            } catch (const UsageError& error) {
                throw ScriptError{place + error.what()};
            }
            throw ScriptError{place + "!" + name + " works at the prompt only (!quit everywhere)"};
        }
    }
}

}  // namespace

std::vector<Statement> read_statements(const std::string& path) {
    std::vector<Statement> statements;
    append_file(statements, path);
    return statements;
}

Script read_script(const Options& options) {
    Script script;
    for (const std::string& path : options.init_files) {
        append_file(script.init, path);
    }
    for (std::size_t i = 0; i < options.statements.size(); ++i) {
        const bool is_only = options.statements.size() == 1;
        append_split(script.statements,
                     options.statements[i],
                     is_only ? "-e" : "-e #" + std::to_string(i + 1));
    }
    for (const std::string& path : options.files) {
        append_file(script.statements, path);
    }
    // At a terminal somebody will type them.
    if (options.statements.empty() && options.files.empty() && ::isatty(STDIN_FILENO) != 1) {
        append_file(script.statements, "-");
    }
    apply_commands(script.init);
    apply_commands(script.statements);
    return script;
}

std::string place_of(const Statement& statement) {
    if (statement.source.empty() || (statement.source == "-e" && statement.line == 1)) {
        return {};
    }
    return statement.source + ":" + std::to_string(statement.line) + ": ";
}

}  // namespace hive_query
