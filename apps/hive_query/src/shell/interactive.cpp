#include "interactive.hpp"

#include "paged_output.hpp"
#include "shell.hpp"
#include "terminal_editor.hpp"
#include "user_files.hpp"

#include <cistern/version.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace hive_query {

namespace {

[[nodiscard]] std::size_t screen_lines() noexcept {
    winsize size{};
    const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
    return is_known ? size.ws_row : 24;
}

[[nodiscard]] std::string pager_for(const Options& options, const Output& output) {
    return output.is_terminal() ? pager_command(options.pager) : std::string{};
}

// A mistake in it is told, and keeps nobody from working.
void run_startup_file(Shell& shell, Messages& messages) {
    const std::filesystem::path path = startup_path();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
        return;
    }
    try {
        (void)shell.run_script(read_statements(path.string()));
    } catch (const ScriptError& error) {
        messages.error(error.what());
    }
}

}  // namespace

bool is_interactive(const Options& options) {
    return options.statements.empty() && options.files.empty() && ::isatty(STDIN_FILENO) == 1;
}

ExitStatus run_interactive(const Options& options,
                           const Script& script,
                           Messages& messages,
                           Interrupts& interrupts) {
    interrupts.stay();
    PagedOutput output{STDOUT_FILENO, screen_lines};
    output.page_by(pager_for(options, output));
    HistoryFile history{history_path()};
    Completion completion;
    PoolLink link{options, messages};
    Shell shell{
        options,
        {link,
         messages,
         interrupts,
         output,
         history,
         completion,
         &Clock::now,
         [&output](const Options& changed) { output.page_by(pager_for(changed, output)); }}};
    messages.note("hive-query " CISTERN_VERSION
                  ": statements end with a semicolon; !help lists commands, Ctrl-D leaves");
    if (!options.url.empty() || !options.conf_file.empty()) {
        shell.connect();
    }
    if (!options.norc) {
        run_startup_file(shell, messages);
    }
    if (!shell.is_leaving() && !shell.run_script(script.init) && !shell.is_leaving()) {
        return kStatementFailed;
    }
    TerminalEditor editor{
        [&shell](std::string_view before_cursor) { return shell.complete(before_cursor); }};
    shell.talk(editor);
    completion.settle();
    return kSuccess;
}

}  // namespace hive_query
