#include "shell.hpp"

#include "../connect.hpp"
#include "../value_text.hpp"
#include "console/printable.hpp"
#include "user_files.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <utility>

namespace hive_query {
namespace {

// The first words of a statement, in capitals.
[[nodiscard]] std::vector<std::string> first_words(const std::string& statement) {
    std::istringstream text{statement};
    std::vector<std::string> words(2);
    for (std::string& word : words) {
        text >> word;
        std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) {
            return static_cast<char>(std::toupper(c));
        });
    }
    return words;
}

[[nodiscard]] std::string without_blanks(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    const std::size_t end = text.find_last_not_of(" \t\r\n");
    return begin == std::string::npos ? std::string{} : text.substr(begin, end + 1 - begin);
}

[[nodiscard]] bool means_quit(const std::string& text) {
    return text == "quit" || text == "exit";
}

// The text in the first row's first column; empty when there is none.
[[nodiscard]] std::string first_cell(hive::Operation& operation) {
    operation.wait();
    hive::Batch batch;
    std::string text;
    if (operation.has_result() && operation.fetch(batch) && batch.rows > 0 &&
        !batch.columns.empty()) {
        const hive::Texts* const texts = texts_of(batch.columns[0]);
        text = texts == nullptr ? std::string{} : std::string{(*texts)[0]};
    }
    operation.close();
    return text;
}

}  // namespace

Shell::Shell(Options options, Parts parts)
    : options_{std::move(options)},
      parts_{std::move(parts)},
      home_database_{options_.url.empty() ? std::string{} : database_of(options_.url)},
      database_{home_database_} {}

void Shell::connect() {
    hive::Session& session = parts_.link.session();
    if (!home_database_.empty()) {
        return;
    }
    try {
        home_database_ = first_cell(*session.execute("SELECT current_database()"));
    } catch (const hive::StatementError&) {
        // An old server, which has no such function: the prompt does without.
    }
    database_ = home_database_;
}

void Shell::end_session(bool lost) {
    parts_.link.close(lost);
    parts_.completion.forget();
    database_ = home_database_;
}

void Shell::talk(LineEditor& editor) {
    for (const std::string& entry : parts_.history.load()) {
        remember(editor, entry);
    }
    while (!is_leaving_) {
        const TypedLine line = editor.read(prompt());
        switch (line.end) {
            case TypedLine::End::kLine:
                take_line(editor, line.text);
                break;
            case TypedLine::End::kInterrupted:
                pending_ = {};
                break;
            case TypedLine::End::kEndOfInput:
                is_leaving_ = true;
                break;
        }
    }
}

std::string Shell::prompt() const {
    const std::string name = console::printable(database_.empty() ? "hive" : database_);
    if (pending_.open == 0) {
        return name + "> ";
    }
    const std::size_t width = console::display_width(name);
    std::string blanks(width > 2 ? width - 1 : 1, ' ');
    return blanks + pending_.open + "> ";
}

void Shell::take_line(LineEditor& editor, const std::string& line) {
    const std::string text = pending_.rest + line + '\n';
    if (means_quit(without_blanks(text))) {
        is_leaving_ = true;
        return;
    }
    TypedSoFar typed = split_typed(text);
    pending_ = {{}, typed.rest, typed.open};
    if (!typed.statements.empty()) {
        const std::string entry = without_blanks(text.substr(0, text.size() - typed.rest.size()));
        parts_.history.append(entry);
        remember(editor, entry);
    }
    if (typed.open == 0) {
        pending_.rest.clear();
    }
    for (const Statement& statement : typed.statements) {
        if (is_leaving_ || !run(statement)) {
            // What was typed behind a statement that failed was meant to come after it.
            break;
        }
    }
}

void Shell::remember(LineEditor& editor, const std::string& entry) {
    entries_.push_back(entry);
    editor.remember(entry);
}

bool Shell::run_script(const std::vector<Statement>& statements) {
    for (const Statement& statement : statements) {
        const bool succeeded = run(statement);
        if (is_leaving_ || (!succeeded && !options_.force)) {
            return false;
        }
    }
    return true;
}

bool Shell::run(const Statement& statement) {
    parts_.completion.settle();
    parts_.interrupts.rearm();
    if (means_quit(statement.text)) {
        is_leaving_ = true;
        return true;
    }
    try {
        return statement.is_command ? run_command(parse_command(statement.text))
                                    : run_statement(statement);
    } catch (const UsageError& error) {
        parts_.messages.error(place_of(statement) + error.what());
    } catch (const ScriptError& error) {
        parts_.messages.error(error.what());
    } catch (const cistern::ConfigError& error) {
        parts_.messages.error(command_line_terms(error.what()));
    } catch (const cistern::PluginError& error) {
        parts_.messages.error(command_line_terms(error.what()));
    } catch (const cistern::Error& error) {
        parts_.messages.error(connect_failure_text(error, options_));
    }
    return false;
}

bool Shell::run_statement(const Statement& statement) {
    if (!script_path_.empty() && !append_to_file(script_path_, statement.text + ";\n")) {
        parts_.messages.error("!script: cannot write to " + script_path_);
    }
    hive::Session& session = parts_.link.session();
    Script script;
    script.statements.push_back(statement);
    Runner runner{options_, parts_.messages, parts_.interrupts, &parts_.output, parts_.now};
    const RunResult result = runner.run(session, script);
    parts_.output.finish();
    if (result.lost_connection) {
        end_session(true);
        parts_.messages.note(
            "The session is gone, with its settings and temporary tables; the next statement opens "
            "another one.");
    } else if (result.status == kSuccess) {
        note_effects(statement.text);
    }
    return result.status == kSuccess;
}

// What a statement changed about the session, as far as the prompt and TAB care.
void Shell::note_effects(const std::string& statement) {
    const auto words = first_words(statement);
    static const std::vector<std::string> kChanging = {
        "CREATE", "DROP", "ALTER", "USE", "RELOAD", "MSCK", "IMPORT", "REFRESH", "INVALIDATE"};
    if (std::find(kChanging.begin(), kChanging.end(), words[0]) != kChanging.end()) {
        parts_.completion.forget();
    }
    if (words[0] == "USE") {
        std::string name = without_blanks(without_blanks(statement).substr(3));
        name.erase(std::remove(name.begin(), name.end(), '`'), name.end());
        database_ = name;
    }
}

bool Shell::call(const std::string& what, const Call& call) {
    hive::Session& session = parts_.link.session();
    Runner runner{options_, parts_.messages, parts_.interrupts, &parts_.output, parts_.now};
    const RunResult result = runner.run_call(session, what, call);
    parts_.output.finish();
    if (result.lost_connection) {
        end_session(true);
    }
    return result.status == kSuccess;
}

Candidates Shell::complete(std::string_view before_cursor) {
    const bool is_open = parts_.link.is_open();
    return parts_.completion.words(
        before_cursor, is_open ? &parts_.link.session() : nullptr, database_);
}

}  // namespace hive_query
