#pragma once

#include "../interrupts.hpp"
#include "../messages.hpp"
#include "../options.hpp"
#include "../output.hpp"
#include "../progress.hpp"
#include "../runner.hpp"
#include "commands.hpp"
#include "completion.hpp"
#include "history_file.hpp"
#include "line_editor.hpp"
#include "link.hpp"

#include <functional>
#include <string>
#include <vector>

namespace hive_query {

// What somebody at a prompt works with: reads lines, puts statements together, runs them and the
// commands that begin with !.
//
// Thread safety:  none.
// Ownership:      borrows all it is given.
// Errors:         those of statements and commands are told, and the prompt comes back; OutputError
//                 passes through.
class Shell {
public:
    struct Parts {
        Link& link;
        Messages& messages;
        Interrupts& interrupts;
        Output& output;
        HistoryFile& history;
        Completion& completion;
        Now now = &Clock::now;
        // Told whenever one of our own settings has changed.
        std::function<void(const Options&)> on_change = [](const Options&) {};
    };
    Shell(Options options, Parts parts);

    // Runs the statements and commands of a script, as if they had been typed, until one fails or
    // the script leaves. False then.
    bool run_script(const std::vector<Statement>& statements);
    // Opens the session, so that a wrong address shows at once; throws what opening throws.
    // A pool of a file does not tell its database, so the server is asked.
    void connect();
    // Reads lines until the person leaves.
    void talk(LineEditor& editor);

    // For TAB.
    [[nodiscard]] Candidates complete(std::string_view before_cursor);
    // "sales> ", and what is open in the middle of a statement: "     '> ".
    [[nodiscard]] std::string prompt() const;
    [[nodiscard]] bool is_leaving() const noexcept { return is_leaving_; }

private:
    void take_line(LineEditor& editor, const std::string& line);
    void remember(LineEditor& editor, const std::string& entry);
    // False when it failed.
    bool run(const Statement& statement);
    bool run_statement(const Statement& statement);
    bool run_command(const CommandLine& command);
    bool call(const std::string& what, const Call& call);
    void reconnect(const CommandLine& command);
    void show_history();
    bool run_file(const std::string& path);
    bool set(const std::vector<std::string>& arguments);
    void change(const std::string& name, const std::string& value);
    void show_server();
    // Ends the session; with `lost`, its connection is of no more use.
    void end_session(bool lost);
    void note_effects(const std::string& statement);

    Options options_;
    Parts parts_;
    std::string home_database_;  // of a new session
    std::string database_;
    TypedSoFar pending_;
    std::vector<std::string> entries_;  // what !history shows
    std::string script_path_;           // of !script
    int depth_ = 0;                     // of !run in !run
    bool is_leaving_ = false;
};

}  // namespace hive_query
