#include "runner.hpp"

#include "capture.hpp"
#include "fake_session.hpp"
#include "interrupts.hpp"
#include "progress.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <future>
#include <string>
#include <thread>
#include <vector>

using namespace hive_query;
using namespace std::chrono_literals;

namespace {

using Texts = std::vector<std::string>;

// One run of a script against a fake server, and all that came of it.
struct Run {
    explicit Run(const Options& run_options) : options{run_options} {}

    RunResult operator()(FakeSession& session) {
        Messages messages{errors.descriptor(), options.silent};
        Interrupts interrupts{messages};
        Output output{rows.descriptor()};
        return Runner{options, messages, interrupts, &output, [this] { return now; }}.run(
            session, read_script(options));
    }

    Options options;
    Clock::time_point now{};
    Capture rows;
    Capture errors;
};

Options options_of(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--format", "csv"});
    return parse_options(arguments);
}

FakeStatement answer(const std::string& sql) {
    FakeStatement statement;
    if (sql.rfind("SELECT", 0) == 0) {
        statement.result.numbers<std::int32_t>("n", hive::Type::kInt, {1, 2, 3});
    }
    if (sql == "BAD") {
        statement.on_poll = [] {
            throw hive::StatementError{
                "Table not found", "42S02", 10001, "Table not found\nat Some.java"};
        };
    }
    if (sql == "GONE") {
        statement.on_poll = [] { throw cistern::IoError{"the server closed the connection"}; };
    }
    return statement;
}

}  // namespace

TEST_CASE("rows go to the output, row counts to the messages", "[unit][hive_query]") {
    Run run{options_of({"-e", "SELECT 1; CREATE TABLE t (a INT)"})};
    FakeSession session{[&run](const std::string& sql) {
        FakeStatement statement = answer(sql);
        statement.on_poll = [&run] { run.now += 250ms; };
        return statement;
    }};
    const RunResult result = run(session);
    CHECK(result.status == kSuccess);
    CHECK(result.statements == 2);
    CHECK(result.rows == 3);
    CHECK(run.rows.text() == "n\n1\n2\n3\n");
    CHECK_THAT(run.errors.text(), Catch::Contains("3 rows selected (0.25 seconds)"));
    CHECK_THAT(run.errors.text(), Catch::Contains("No rows affected (0.25 seconds)"));
}

TEST_CASE("arrow is not written to a terminal, and the statement is not run",
          "[unit][hive_query]") {
    const int controller = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(controller >= 0);
    REQUIRE(::grantpt(controller) == 0);
    REQUIRE(::unlockpt(controller) == 0);
    const int terminal = ::open(::ptsname(controller), O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(terminal >= 0);
    {
        const Options options = parse_options({"--format", "arrow", "-e", "SELECT 1"});
        const Capture errors;
        Messages messages{errors.descriptor(), options.silent};
        Interrupts interrupts{messages};
        Output output{terminal};
        Runner runner{options, messages, interrupts, &output, [] { return Clock::time_point{}; }};
        FakeSession session{answer};
        CHECK(runner.run(session, read_script(options)).status == kStatementFailed);
        CHECK(session.executed.empty());
        CHECK_THAT(errors.text(), Catch::Contains("send the output to a file or a pipe"));
    }
    ::close(terminal);
    ::close(controller);
}

TEST_CASE("silence leaves rows and errors", "[unit][hive_query]") {
    Run run{options_of({"--silent", "-e", "SELECT 1; BAD"})};
    FakeSession session{answer};
    CHECK(run(session).status == kStatementFailed);
    CHECK(run.rows.text() == "n\n1\n2\n3\n");
    CHECK(run.errors.text() == "Error: Table not found (state=42S02,code=10001)\n");
}

TEST_CASE("a statement that fails ends the script with status 2", "[unit][hive_query]") {
    Run run{options_of({"-e", "BAD; SELECT 1"})};
    FakeSession session{answer};
    CHECK(run(session).status == kStatementFailed);
    CHECK(session.executed == Texts{"BAD"});
    CHECK_THAT(run.errors.text(), !Catch::Contains("Some.java"));
}

TEST_CASE("forced, a script goes on and still ends with status 2", "[unit][hive_query]") {
    Run run{options_of({"--force", "-e", "BAD", "-e", "SELECT 1"})};
    FakeSession session{answer};
    CHECK(run(session).status == kStatementFailed);
    CHECK(session.executed == Texts{"BAD", "SELECT 1"});
    CHECK_THAT(run.errors.text(), Catch::Contains("-e #1:1: Error: Table not found"));
}

TEST_CASE("a lost connection ends the script, forced or not", "[unit][hive_query]") {
    Run run{options_of({"--force", "-e", "GONE; SELECT 1"})};
    FakeSession session{answer};
    const RunResult result = run(session);
    CHECK(result.status == kStatementFailed);
    CHECK(result.lost_connection);
    CHECK(session.executed == Texts{"GONE"});
}

TEST_CASE("verbose output shows statements and all that the server said", "[unit][hive_query]") {
    Run run{options_of({"--verbose", "-e", "BAD"})};
    FakeSession session{answer};
    CHECK(run(session).status == kStatementFailed);
    CHECK_THAT(run.errors.text(), Catch::Contains("BAD\n") && Catch::Contains("at Some.java"));
}

TEST_CASE("the server's log is shown when asked for", "[unit][hive_query]") {
    Run without{options_of({"-e", "SELECT 1"})};
    Run with{options_of({"--log", "--silent", "-e", "SELECT 1"})};
    FakeSession session{[](const std::string& sql) {
        FakeStatement statement = answer(sql);
        statement.log = {{"a line of the log"}};
        return statement;
    }};
    CHECK(without(session).status == kSuccess);
    CHECK(with(session).status == kSuccess);
    CHECK_THAT(without.errors.text(), !Catch::Contains("a line of the log"));
    CHECK(with.errors.text() == "a line of the log\n");
}

TEST_CASE("the log is shown to its end, in however many parts it comes", "[unit][hive_query]") {
    const bool fails = GENERATE(false, true);
    Run run{options_of({"--log", "--silent", "-e", fails ? "BAD" : "SELECT 1"})};
    FakeSession session{[](const std::string& sql) {
        FakeStatement statement = answer(sql);
        statement.log = {{"one", "two"}, {"three"}, {"four"}};
        return statement;
    }};
    CHECK(run(session).status == (fails ? kStatementFailed : kSuccess));
    CHECK_THAT(run.errors.text(), Catch::StartsWith("one\ntwo\nthree\nfour\n"));
    CHECK((run.errors.text().find("Table not found") != std::string::npos) == fails);
}

TEST_CASE("messages of the server cannot send commands to the terminal", "[unit][hive_query]") {
    Run run{options_of({"--silent", "-e", "BAD"})};
    FakeSession session{[](const std::string&) {
        FakeStatement statement;
        statement.on_poll = [] { throw hive::StatementError{"\x1b[2Jgone\nnext", "", 0, ""}; };
        return statement;
    }};
    CHECK(run(session).status == kStatementFailed);
    CHECK(run.errors.text() == "Error: \\x1b[2Jgone\nnext\n");
}

TEST_CASE("a statement is told its time limit and cancelled when the server ignores it",
          "[unit][hive_query]") {
    Run run{options_of({"--timeout", "1500ms", "-e", "SLOW"})};
    int cancels = 0;
    int polls = 0;
    FakeSession session{[&](const std::string&) {
        FakeStatement statement;
        statement.polls = 100;
        statement.on_poll = [&] {
            ++polls;
            run.now += 500ms;
        };
        statement.on_cancel = [&cancels] { ++cancels; };
        return statement;
    }};
    CHECK(run(session).status == kStatementFailed);
    CHECK(cancels == 1);
    CHECK(polls == 4);  // the last one found it late
    CHECK(session.last_options.query_timeout == 2s);
    CHECK_THAT(run.errors.text(), Catch::Contains("--timeout"));
}

TEST_CASE("a time limit holds while rows arrive, too", "[unit][hive_query]") {
    Run run{options_of({"--timeout", "1500ms", "-e", "SELECT 1"})};
    int cancels = 0;
    FakeSession session{[&](const std::string& sql) {
        FakeStatement statement = answer(sql);
        statement.batches = 100;
        statement.on_fetch = [&run] { run.now += 500ms; };
        statement.on_cancel = [&cancels] { ++cancels; };
        return statement;
    }};
    CHECK(run(session).status == kStatementFailed);
    CHECK(cancels == 1);
    CHECK_THAT(run.errors.text(), Catch::Contains("--timeout"));
}

TEST_CASE("Ctrl-C while a statement is sent cancels it once it can be named",
          "[unit][hive_query]") {
    Run run{options_of({"--force", "-e", "SLOW; SELECT 1"})};
    int cancels = 0;
    FakeSession session{[&cancels](const std::string&) {
        FakeStatement statement;
        statement.on_poll = [&cancels] {
            if (cancels > 0) {
                throw hive::StatementCancelled{"cancelled"};
            }
        };
        statement.on_cancel = [&cancels] { ++cancels; };
        return statement;
    }};
    session.on_execute = [&run] {
        ::kill(::getpid(), SIGINT);
        while (run.errors.text().find("Cancelling...") == std::string::npos) {
            std::this_thread::yield();
        }
    };
    CHECK(run(session).status == kStatementFailed);
    CHECK(cancels == 1);
    CHECK(session.executed == Texts{"SLOW"});
}

TEST_CASE("a reader that has seen enough keeps the status of what failed before",
          "[unit][hive_query]") {
    std::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ::close(ends[0]);
    const Options options = options_of({"--force", "-e", "BAD; SELECT 1; SELECT 2"});
    Capture errors;
    Messages messages{errors.descriptor(), false};
    Interrupts interrupts{messages};
    Output output{ends[1]};
    FakeSession session{answer};
    const RunResult result =
        Runner{options, messages, interrupts, &output}.run(session, read_script(options));
    ::close(ends[1]);
    CHECK(result.status == kStatementFailed);
    CHECK(result.output_closed);
    CHECK(session.executed == Texts{"BAD", "SELECT 1"});
}

TEST_CASE("Ctrl-C cancels the statement that runs and starts no other", "[unit][hive_query]") {
    Run run{options_of({"--force", "-e", "SLOW; SELECT 1"})};
    std::promise<void> cancelled;
    auto is_cancelled = cancelled.get_future();
    FakeSession session{[&](const std::string&) {
        FakeStatement statement;
        statement.polls = 100;
        statement.on_poll = [&] {
            ::kill(::getpid(), SIGINT);
            is_cancelled.wait();
            throw hive::StatementCancelled{"cancelled"};
        };
        statement.on_cancel = [&] { cancelled.set_value(); };
        return statement;
    }};
    CHECK(run(session).status == kStatementFailed);
    CHECK(session.executed == Texts{"SLOW"});
    CHECK_THAT(run.errors.text(),
               Catch::Contains("Cancelling...") && Catch::Contains("Error: cancelled"));
}

TEST_CASE("init files run first and show no rows", "[unit][hive_query]") {
    Options options = options_of({"-e", "SELECT 2"});
    Run run{options};
    FakeSession session{answer};
    Messages messages{run.errors.descriptor(), false};
    Interrupts interrupts{messages};
    Output output{run.rows.descriptor()};
    Script script = read_script(options);
    script.init = split_statements("SELECT 1");
    CHECK(Runner{options, messages, interrupts, &output}.run(session, script).status == kSuccess);
    CHECK(session.executed == Texts{"SELECT 1", "SELECT 2"});
    CHECK(run.rows.text() == "n\n1\n2\n3\n");
}

TEST_CASE("row counts read as beeline's", "[unit][hive_query]") {
    CHECK(selected_text(0, 210ms) == "No rows selected (0.21 seconds)");
    CHECK(selected_text(1, 210ms) == "1 row selected (0.21 seconds)");
    CHECK(selected_text(12345, 1s) == "12,345 rows selected (1.00 seconds)");
    CHECK(affected_text({}, 50ms) == "No rows affected (0.05 seconds)");
    CHECK(affected_text(-1, 50ms) == "No rows affected (0.05 seconds)");
    CHECK(affected_text(7, 50ms) == "7 rows affected (0.05 seconds)");
}

TEST_CASE("progress says what is known", "[unit][hive_query]") {
    CHECK(progress_text({.phase = "running", .elapsed = 12400ms}) == "running 12 s");
    CHECK(progress_text({.phase = "running", .elapsed = 12s, .fraction = 0.456}) ==
          "running 12 s, 46%");
    CHECK(progress_text({.phase = "fetching", .elapsed = 13s, .rows = 120000}) ==
          "fetching 13 s, 120,000 rows");
}

TEST_CASE("on a terminal progress has a bar, as far as the server tells", "[unit][hive_query]") {
    CHECK(progress_bar({.phase = "running", .elapsed = 12s, .fraction = 0.456}) ==
          "running 12 s, 46% [#########...........]");
    CHECK(progress_bar({.phase = "running", .elapsed = 12s, .fraction = 7.0}) ==
          "running 12 s, 700% [####################]");
    CHECK(progress_bar({.phase = "running", .elapsed = 12s}) == "running 12 s");
}
