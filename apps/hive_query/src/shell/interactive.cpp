#include "interactive.hpp"

#include "../output.hpp"
#include "shell.hpp"
#include "terminal_editor.hpp"
#include "user_files.hpp"

#include <cistern/version.hpp>

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace hive_query {

bool is_interactive(const Options& options) {
    return options.statements.empty() && options.files.empty() && ::isatty(STDIN_FILENO) == 1;
}

ExitStatus run_interactive(const Options& options,
                           const Script& script,
                           Messages& messages,
                           Interrupts& interrupts) {
    interrupts.stay();
    Output output{STDOUT_FILENO};
    HistoryFile history{history_path()};
    Completion completion;
    PoolLink link{options, messages};
    Shell shell{options, {link, messages, interrupts, output, history, completion}};
    messages.note("hive-query " CISTERN_VERSION
                  ": statements end with a semicolon; !help lists commands, Ctrl-D leaves");
    if (!options.url.empty() || !options.conf_file.empty()) {
        shell.connect();
    }
    if (!shell.run_script(script.init)) {
        return kStatementFailed;
    }
    TerminalEditor editor{
        [&shell](std::string_view before_cursor) { return shell.complete(before_cursor); }};
    shell.talk(editor);
    completion.settle();
    return kSuccess;
}

}  // namespace hive_query
