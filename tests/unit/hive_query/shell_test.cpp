#include "shell/shell.hpp"

#include "capture.hpp"
#include "fake_session.hpp"
#include "support/test_folder.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

using namespace hive_query;

namespace {

using Texts = std::vector<std::string>;

// Types lines that were written down before; "^C" is that key.
class ScriptedEditor final : public LineEditor {
public:
    explicit ScriptedEditor(Texts script) : lines{script.begin(), script.end()} {}

    TypedLine read(const std::string& prompt) override {
        prompts.push_back(prompt);
        if (lines.empty()) {
            return {TypedLine::End::kEndOfInput};
        }
        std::string line = lines.front();
        lines.pop_front();
        return line == "^C" ? TypedLine{TypedLine::End::kInterrupted}
                            : TypedLine{TypedLine::End::kLine, line};
    }
    void remember(const std::string& entry) override { remembered.push_back(entry); }

    std::deque<std::string> lines;
    Texts prompts;
    Texts remembered;
};

class FakeLink final : public Link {
public:
    explicit FakeLink(FakeSession& session) : session_{session} {}
    hive::Session& session() override {
        opened += is_open_ ? 0 : 1;
        is_open_ = true;
        return session_;
    }
    bool is_open() const noexcept override { return is_open_; }
    void close(bool lost) override {
        losses += lost ? 1 : 0;
        is_open_ = false;
    }
    void go_to(const Options& options) override {
        close(false);
        went_to = options;
    }

    int opened = 0;
    int losses = 0;
    Options went_to;

private:
    FakeSession& session_;
    bool is_open_ = false;
};

// A shell in front of a fake server.
struct Scene {
    explicit Scene(const Texts& arguments = {"--format", "csv"})
        : options{parse_options(arguments)},
          shell{options, {link, messages, interrupts, output, history, completion, [] {
                              return Clock::time_point{};
                          }}} {}

    Texts talk(const Texts& lines) {
        ScriptedEditor editor{lines};
        shell.talk(editor);
        remembered = editor.remembered;
        left = editor.lines.size();
        return editor.prompts;
    }

    Options options;
    cistern::test::TestFolder folder;
    Capture rows;
    Capture errors;
    FakeSession session{[](const std::string& sql) {
        FakeStatement statement;
        if (sql.rfind("SELECT", 0) == 0) {
            statement.result.numbers<std::int32_t>("n", hive::Type::kInt, {1});
        } else if (sql == "BAD") {
            statement.on_poll = [] { throw hive::StatementError{"no table", "42S02", 1, ""}; };
        } else if (sql == "GONE") {
            statement.on_poll = [] { throw cistern::IoError{"closed"}; };
        }
        return statement;
    }};
    FakeLink link{session};
    Messages messages{errors.descriptor(), false};
    Interrupts interrupts{messages};
    Output output{rows.descriptor()};
    HistoryFile history{folder / "history"};
    Completion completion;
    Shell shell;
    Texts remembered;
    std::size_t left = 0;
};

}  // namespace

TEST_CASE("a statement runs once its semicolon has come, and the prompt says what is open",
          "[unit][hive_query]") {
    Scene scene{{"--format", "csv", "-u", "jdbc:hive2://h:1/sales;auth=noSasl"}};
    const Texts prompts =
        scene.talk({"SELECT 'a", "b', (", "1", ") -- done", "; SELECT 2;", "", "-- remark"});
    CHECK(prompts == Texts{"sales> ",
                           "    '> ",
                           "    (> ",
                           "    (> ",
                           "    -> ",
                           "sales> ",
                           "sales> ",
                           "sales> "});
    CHECK(scene.session.executed == Texts{"SELECT 'a\nb', (\n1\n)", "SELECT 2"});
    CHECK(scene.remembered == Texts{"SELECT 'a\nb', (\n1\n) -- done\n; SELECT 2;"});
    CHECK(scene.rows.text() == "n\n1\nn\n1\n");
}

TEST_CASE("Ctrl-C drops what was typed", "[unit][hive_query]") {
    Scene scene;
    scene.talk({"SELECT 'never", "^C", "SELECT 1;"});
    CHECK(scene.session.executed == Texts{"SELECT 1"});
}

TEST_CASE("a statement that fails keeps the prompt, and drops what was typed behind it",
          "[unit][hive_query]") {
    Scene scene;
    scene.talk({"BAD; SELECT 1;", "SELECT 2;"});
    CHECK(scene.session.executed == Texts{"BAD", "SELECT 2"});
    CHECK_THAT(scene.errors.text(), Catch::Contains("Error: no table (state=42S02,code=1)"));
}

TEST_CASE("a lost session is told, and the next statement opens another", "[unit][hive_query]") {
    Scene scene;
    scene.talk({"GONE;", "SELECT 1;"});
    CHECK(scene.link.losses == 1);
    CHECK(scene.link.opened == 2);
    CHECK_THAT(scene.errors.text(), Catch::Contains("The session is gone"));
}

TEST_CASE("quit, exit and !quit leave", "[unit][hive_query]") {
    for (const char* const word : {"quit", "exit;", "!quit", "!q"}) {
        Scene scene;
        scene.talk({word, "SELECT 1;"});
        CHECK(scene.session.executed.empty());
        CHECK(scene.left == 1);
    }
}

TEST_CASE("USE changes the prompt when it succeeded", "[unit][hive_query]") {
    Scene scene{{"-u", "jdbc:hive2://h:1/"}};
    CHECK(scene.talk({"USE `sales`;"}) == Texts{"default> ", "sales> "});
}

TEST_CASE("!set changes what the command line sets, with its checks", "[unit][hive_query]") {
    Scene scene;
    scene.talk({"!set showHeader false",
                "!outputformat tsv",
                "SELECT 1;",
                "!set outputformat cvs",
                "!set showheadr true",
                "!set showHeader maybe",
                "!set"});
    CHECK_THAT(scene.rows.text(), Catch::StartsWith("1\n") && Catch::Contains("showHeader"));
    CHECK_THAT(scene.errors.text(),
               Catch::Contains("did you mean csv?") &&
                   Catch::Contains("did you mean showHeader?") &&
                   Catch::Contains("'maybe' is neither true nor false"));
}

TEST_CASE("SET without ! is the server's", "[unit][hive_query]") {
    Scene scene;
    scene.talk({"SET hivevar:x=1;"});
    CHECK(scene.session.executed == Texts{"SET hivevar:x=1"});
}

TEST_CASE("!tables and !columns ask for what is in the current database", "[unit][hive_query]") {
    Scene scene{{"-u", "jdbc:hive2://h:1/my_db"}};
    scene.session.on_tables = [] {
        FakeStatement statement;
        statement.result.texts("TABLE_NAME", hive::Type::kString, {"orders"});
        return statement;
    };
    scene.talk({"!tables ord%"});
    CHECK(scene.session.last_filter.schema == "my\\_db");
    CHECK(scene.session.last_filter.table == "ord%");
    CHECK_THAT(scene.rows.text(), Catch::Contains("| orders"));

    Scene other;
    other.talk({"!columns other.my_table"});
    CHECK(other.session.last_filter.schema == "other");
    CHECK(other.session.last_filter.table == "my\\_table");
}

TEST_CASE("commands that are unknown, or of beeline's only, are answered", "[unit][hive_query]") {
    Scene scene;
    scene.talk({"!tabels", "!commit", "!columns", "SELECT 1;"});
    CHECK_THAT(scene.errors.text(),
               Catch::Contains("did you mean !tables?") &&
                   Catch::Contains("!commit of beeline's is not offered") &&
                   Catch::Contains("usage: !columns TABLE"));
    CHECK(scene.session.executed == Texts{"SELECT 1"});
}

TEST_CASE("!run runs a file's statements and commands up to the first that fails",
          "[unit][hive_query]") {
    Scene scene;
    const std::string file =
        scene.folder.write("a.sql", "!set showHeader false\nSELECT 1;\nBAD;\nSELECT 2;\n").string();
    scene.talk({"!run " + file});
    CHECK(scene.session.executed == Texts{"SELECT 1", "BAD"});
    CHECK(scene.rows.text() == "1\n");
    CHECK_THAT(scene.errors.text(), Catch::Contains(file + ":3: Error"));

    Scene other;
    const std::string itself = other.folder / "self.sql";
    other.folder.write("self.sql", "!run " + itself + "\n");
    other.talk({"!run " + itself, "!run /nowhere"});
    CHECK_THAT(other.errors.text(), Catch::Contains("too deeply") && Catch::Contains("/nowhere"));
}

TEST_CASE("!script appends what is run to a file", "[unit][hive_query]") {
    Scene scene;
    const std::string file = scene.folder / "log.sql";
    scene.talk({"!script " + file, "SELECT 1;", "!script", "SELECT 2;"});
    std::ifstream text{file};
    std::string line;
    std::getline(text, line);
    CHECK(line == "SELECT 1;");
    CHECK_FALSE(std::getline(text, line));
}

TEST_CASE("a file that !script makes is its owner's alone", "[unit][hive_query]") {
    Scene scene;
    const std::string file = scene.folder / "log.sql";
    const auto umask_before = ::umask(0);
    scene.talk({"!script " + file, "SELECT 1;", "!script /nowhere/log.sql", "SELECT 2;"});
    ::umask(umask_before);
    using std::filesystem::perms;
    CHECK(std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write));
    CHECK_THAT(scene.errors.text(), Catch::Contains("!script: cannot write to /nowhere/log.sql"));
}

TEST_CASE("!connect goes elsewhere and takes no password along", "[unit][hive_query]") {
    Scene scene{{"-u", "jdbc:hive2://old:1/a", "-n", "ada", "-p", "geheim", "--format", "json"}};
    const Texts prompts = scene.talk({"!connect jdbc:hive2://new:1/b", "!set"});
    CHECK(prompts[1] == "b> ");
    CHECK(scene.link.went_to.url == "jdbc:hive2://new:1/b");
    CHECK(scene.link.went_to.user.empty());
    CHECK_FALSE(scene.link.went_to.password);
    CHECK(scene.link.went_to.format.format == Format::kJson);
}

TEST_CASE("!history shows what was typed, also earlier", "[unit][hive_query]") {
    Scene scene;
    scene.history.append("SELECT 'earlier';");
    scene.talk({"!history"});
    CHECK(scene.rows.text() == "1  SELECT 'earlier';\n2  !history\n");
}

TEST_CASE("a place that does not tell its database is asked for it", "[unit][hive_query]") {
    Scene scene;
    FakeStatement told;
    told.result.texts("d", hive::Type::kString, {"sales"});
    FakeSession session{[&told](const std::string&) { return told; }};
    FakeLink link{session};
    Shell shell{
        scene.options,
        {link, scene.messages, scene.interrupts, scene.output, scene.history, scene.completion}};
    shell.connect();
    CHECK(shell.prompt() == "sales> ");
    CHECK(session.executed == Texts{"SELECT current_database()"});
}

TEST_CASE("a lost session takes its database along", "[unit][hive_query]") {
    Scene scene{{"-u", "jdbc:hive2://h:1/"}};
    CHECK(scene.talk({"USE sales;", "GONE;"}) == Texts{"default> ", "sales> ", "default> "});
}

TEST_CASE("a changed setting is told, for the pager", "[unit][hive_query]") {
    Scene scene;
    std::string pager;
    Shell shell{scene.options,
                {.link = scene.link,
                 .messages = scene.messages,
                 .interrupts = scene.interrupts,
                 .output = scene.output,
                 .history = scene.history,
                 .completion = scene.completion,
                 .on_change = [&pager](const Options& options) { pager = options.pager; }}};
    ScriptedEditor editor{{"!set pager off"}};
    shell.talk(editor);
    CHECK(pager == "off");
}
