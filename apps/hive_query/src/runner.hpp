#pragma once

#include "exit_status.hpp"
#include "interrupts.hpp"
#include "messages.hpp"
#include "options.hpp"
#include "output.hpp"
#include "progress.hpp"
#include "script.hpp"

#include <cistern/hive/session.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace hive_query {

// What came of running a script once.
struct RunResult {
    ExitStatus status = kSuccess;
    std::uint64_t statements = 0;
    std::uint64_t rows = 0;
    bool lost_connection = false;  // the session must not be lent again
    bool output_closed = false;    // its reader had enough: nothing more should be run
};

// Starts something on the server.
using Call = std::function<std::unique_ptr<hive::Operation>(hive::Session&)>;

// Runs scripts in sessions: statements in their order, rows to the output, all else to the
// messages.
//
// Thread safety:  run() may be called by several threads at once when no output was given.
// Ownership:      borrows everything.
// Errors:         those of statements are reported and become the result's status; OutputError
//                 passes through.
class Runner {
public:
    // Without an output, rows are counted and not shown. `now` is the clock of elapsed times and of
    // --timeout.
    Runner(const Options& options,
           Messages& messages,
           Interrupts& interrupts,
           Output* output,
           Now now = &Clock::now)
        : options_{options},
          messages_{messages},
          interrupts_{interrupts},
          output_{output},
          now_{std::move(now)} {}

    [[nodiscard]] RunResult run(hive::Session& session, const Script& script);
    // One call instead of a script, such as one for metadata; `what` names it in messages.
    [[nodiscard]] RunResult run_call(hive::Session& session,
                                     const std::string& what,
                                     const Call& call);

private:
    enum class Outcome { kDone, kFailed, kMustStop };

    // False when the rest must not be run.
    bool run_all(hive::Session& session,
                 const std::vector<Statement>& statements,
                 Output* output,
                 RunResult& result);
    Outcome attempt(hive::Session& session,
                    const Statement& statement,
                    const Call& call,
                    Output* output,
                    RunResult& result);
    void execute(hive::Session& session, const Call& call, Output* output, RunResult& result);
    // Writes the result's rows, if there is an output, and returns how many there were.
    std::uint64_t show_rows(hive::Operation& operation, Output* output, Progress& progress);
    void await_end(hive::Operation& operation, Progress& progress);
    // False when the log has no more lines for now, or is not wanted.
    bool show_log(hive::Operation& operation);
    void show_rest_of_log_of_failed(hive::Operation& operation);
    void report(const Statement& statement, const hive::StatementError& error);

    const Options& options_;
    Messages& messages_;
    Interrupts& interrupts_;
    Output* output_;
    const Now now_;
};

// "Error: Table not found (state=42S02,code=10001)"
[[nodiscard]] std::string error_text(const hive::StatementError& error);
// "3 rows selected (0.21 seconds)"
[[nodiscard]] std::string selected_text(std::uint64_t rows, std::chrono::nanoseconds elapsed);
// "No rows affected (0.05 seconds)"
[[nodiscard]] std::string affected_text(std::optional<std::int64_t> rows,
                                        std::chrono::nanoseconds elapsed);

}  // namespace hive_query
