#include "runner.hpp"

#include "console/duration_text.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hive_query {
namespace {

// A statement that ran into --timeout; it has been cancelled.
class TimedOut : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

[[nodiscard]] std::string rows_text(std::uint64_t rows) {
    if (rows == 0) {
        return "No rows";
    }
    return console::count_text(rows) + (rows == 1 ? " row" : " rows");
}

[[nodiscard]] hive::ExecuteOptions execute_options(const Options& options) {
    hive::ExecuteOptions execute;
    execute.query_timeout = std::chrono::ceil<std::chrono::seconds>(options.timeout);
    return execute;
}

// The server was told the same limit, but not every server keeps it.
void stop_when_late(hive::Operation& operation, const Progress& progress, const Options& options) {
    if (options.timeout.count() > 0 && progress.elapsed() > options.timeout) {
        operation.cancel();
        throw TimedOut{"the statement ran for longer than --timeout " +
                       console::duration_text(options.timeout) + " and was cancelled"};
    }
}

// Reads all rows into `writer`, or past it when there is none, and returns how many there were.
std::uint64_t fetch_all(hive::Operation& operation,
                        RowWriter* writer,
                        Output* output,
                        Progress& progress,
                        const Interrupts& interrupts,
                        const Options& options) {
    hive::Batch batch;
    std::uint64_t rows = 0;
    while (operation.fetch(batch)) {
        if (interrupts.requested()) {
            throw hive::StatementCancelled{"cancelled while its rows were read"};
        }
        stop_when_late(operation, progress, options);
        if (rows == 0 && output != nullptr && output->is_terminal()) {
            progress.end();
        }
        rows += batch.rows;
        if (writer != nullptr) {
            writer->rows(batch);
            output->flush();
        }
        progress.fetched(rows);
    }
    return rows;
}

}  // namespace

std::string error_text(const hive::StatementError& error) {
    std::string text = std::string{"Error: "} + error.what();
    if (!error.sql_state().empty() || error.code() != 0) {
        text += " (state=" + error.sql_state() + ",code=" + std::to_string(error.code()) + ")";
    }
    return text;
}

std::string selected_text(std::uint64_t rows, std::chrono::nanoseconds elapsed) {
    return rows_text(rows) + " selected (" + console::seconds_text(elapsed) + " seconds)";
}

std::string affected_text(std::optional<std::int64_t> rows, std::chrono::nanoseconds elapsed) {
    const auto count = rows.value_or(0) > 0 ? static_cast<std::uint64_t>(*rows) : 0;
    return rows_text(count) + " affected (" + console::seconds_text(elapsed) + " seconds)";
}

RunResult Runner::run(hive::Session& session, const Script& script) {
    RunResult result;
    try {
        if (run_all(session, script.init, nullptr, result)) {
            run_all(session, script.statements, output_, result);
        }
    } catch (const OutputClosed&) {
        result.output_closed = true;
    }
    return result;
}

RunResult Runner::run_call(hive::Session& session, const std::string& what, const Call& call) {
    RunResult result;
    try {
        Statement named;
        named.text = what;
        const Outcome outcome = attempt(session, named, call, output_, result);
        result.status = outcome == Outcome::kDone ? kSuccess : kStatementFailed;
    } catch (const OutputClosed&) {
        result.output_closed = true;
    }
    return result;
}

bool Runner::run_all(hive::Session& session,
                     const std::vector<Statement>& statements,
                     Output* output,
                     RunResult& result) {
    for (const Statement& statement : statements) {
        const Call call = [this, &statement](hive::Session& on) {
            return on.execute(statement.text, execute_options(options_));
        };
        const Outcome outcome = attempt(session, statement, call, output, result);
        if (outcome != Outcome::kDone) {
            result.status = kStatementFailed;
        }
        const bool may_go_on =
            outcome == Outcome::kDone || (outcome == Outcome::kFailed && options_.force);
        if (!may_go_on) {
            return false;
        }
    }
    return true;
}

Runner::Outcome Runner::attempt(hive::Session& session,
                                const Statement& statement,
                                const Call& call,
                                Output* output,
                                RunResult& result) {
    const std::string place = place_of(statement);
    if (interrupts_.requested()) {
        messages_.error(place + "Error: not run, because of Ctrl-C");
        return Outcome::kMustStop;
    }
    try {
        ++result.statements;
        if (options_.verbose) {
            messages_.show(place + statement.text);
        }
        execute(session, call, output, result);
        return Outcome::kDone;
    } catch (const hive::StatementError& error) {
        if (interrupts_.requested()) {
            messages_.error(place + "Error: cancelled");
            return Outcome::kMustStop;
        }
        report(statement, error);
        return Outcome::kFailed;
    } catch (const hive::StatementCancelled& error) {
        messages_.error(place + "Error: " + error.what());
        return interrupts_.requested() ? Outcome::kMustStop : Outcome::kFailed;
    } catch (const TimedOut& error) {
        messages_.error(place + "Error: " + error.what());
        return Outcome::kFailed;
    } catch (const cistern::Error& error) {
        messages_.error(place + "Error: " + error.what());
        result.lost_connection = result.lost_connection || error.breaks_connection();
        return error.breaks_connection() ? Outcome::kMustStop : Outcome::kFailed;
    }
}

void Runner::execute(hive::Session& session, const Call& call, Output* output, RunResult& result) {
    if (output != nullptr && output->is_terminal() && is_binary(options_.format.format)) {
        throw cistern::Error{
            "Apache Arrow's format is bytes, and this is a terminal; send the output to a file or "
            "a pipe"};
    }
    Progress progress{messages_, options_, now_};
    std::unique_ptr<hive::Operation> operation;
    Interrupts::Watch watch{interrupts_};
    operation = call(session);
    watch.began(*operation);
    progress.update({hive::State::kRunning});
    await_end(*operation, progress);
    std::string summary;
    if (operation->has_result()) {
        const std::uint64_t rows = show_rows(*operation, output, progress);
        result.rows += rows;
        summary = selected_text(rows, progress.elapsed());
    } else {
        summary = affected_text(operation->affected_rows(), progress.elapsed());
    }
    progress.end();
    operation->close();
    if (options_.workers == 1) {
        messages_.note(summary);
    }
}

std::uint64_t Runner::show_rows(hive::Operation& operation, Output* output, Progress& progress) {
    std::unique_ptr<RowWriter> writer;
    if (output != nullptr) {
        writer = make_row_writer(*output, options_.format, operation.columns());
        writer->begin();
    }
    const std::uint64_t rows =
        fetch_all(operation, writer.get(), output, progress, interrupts_, options_);
    progress.end();
    if (writer) {
        writer->end();
        output->finish();
    }
    return rows;
}

void Runner::await_end(hive::Operation& operation, Progress& progress) {
    try {
        for (auto status = operation.poll(); status.state != hive::State::kFinished;
             status = operation.poll()) {
            progress.update(status);
            show_log(operation);
            stop_when_late(operation, progress, options_);
        }
    } catch (const hive::StatementError&) {
        show_rest_of_log_of_failed(operation);
        throw;
    }
    while (show_log(operation) && !interrupts_.requested()) {
        stop_when_late(operation, progress, options_);
    }
}

bool Runner::show_log(hive::Operation& operation) {
    if (!options_.log) {
        return false;
    }
    const std::vector<std::string> lines = operation.log();
    for (const std::string& line : lines) {
        messages_.show(line);
    }
    return !lines.empty();
}

// The log tells more of a failure than its message, and must not hide that.
void Runner::show_rest_of_log_of_failed(hive::Operation& operation) {
    try {
        while (show_log(operation) && !interrupts_.requested()) {
        }
    } catch (const cistern::Error& error) {
        messages_.error(std::string{"the rest of the log is missing: "} + error.what());
    }
}

void Runner::report(const Statement& statement, const hive::StatementError& error) {
    messages_.error(place_of(statement) + error_text(error));
    if (options_.verbose && !error.details().empty() && error.details() != error.what()) {
        messages_.error(error.details());
    }
}

}  // namespace hive_query
