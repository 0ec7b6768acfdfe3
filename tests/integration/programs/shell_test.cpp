#include "sandbox.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

// hive-query on a terminal of its own, with a person who types. Its files are in a folder of the
// test's.
class Person {
public:
    Person(const Sandbox& server, const TestFolder& home, std::vector<std::string> more = {}) {
        std::vector<std::string> words{HIVE_QUERY, "-u", server.url()};
        words.insert(words.end(), more.begin(), more.end());
        const winsize size{.ws_row = 24, .ws_col = 100, .ws_xpixel = 0, .ws_ypixel = 0};
        id_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
        if (id_ == 0) {
            ::setenv("HOME", home.path().c_str(), 1);
            ::setenv("TERM", "xterm", 1);
            // libedit never frees the names of the functions that it is given.
            ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
            ::unsetenv("XDG_STATE_HOME");
            ::unsetenv("XDG_CONFIG_HOME");
            ::unsetenv("CISTERN_CONF");
            std::vector<char*> arguments;
            for (std::string& word : words) {
                arguments.push_back(word.data());
            }
            arguments.push_back(nullptr);
            ::execv(HIVE_QUERY, arguments.data());
            ::_exit(127);
        }
    }
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;
    ~Person() {
        ::close(terminal_);
        if (!has_ended_) {
            ::kill(id_, SIGKILL);
            ::waitpid(id_, nullptr, 0);
        }
    }

    void type(const std::string& text) const {
        (void)!::write(terminal_, text.data(), text.size());
    }
    // Reads until `end` has come, and no further; all there was when it does not come.
    std::string read_until(const std::string& end) {
        std::size_t found = std::string::npos;
        while ((found = seen_.find(end)) == std::string::npos && read_more()) {
        }
        const std::size_t size = found == std::string::npos ? seen_.size() : found + end.size();
        std::string text = seen_.substr(0, size);
        seen_.erase(0, size);
        return text;
    }
    int status() {
        while (read_more()) {
        }
        int status = 0;
        ::waitpid(id_, &status, 0);
        has_ended_ = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    // False at the end, or when nothing came for long.
    bool read_more() {
        pollfd watched{terminal_, POLLIN, 0};
        std::array<char, 4096> part{};
        if (::poll(&watched, 1, 30'000) <= 0) {
            return false;
        }
        const ssize_t size = ::read(terminal_, part.data(), part.size());
        if (size > 0) {
            seen_.append(part.data(), static_cast<std::size_t>(size));
        }
        return size > 0;
    }

    int terminal_ = -1;
    pid_t id_ = -1;
    bool has_ended_ = false;
    std::string seen_;
};

std::string content(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a statement of several lines is typed and its rows are shown",
          "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    Person person{server, home};
    CHECK_THAT(person.read_until("default> "), Catch::Contains("!help"));
    person.type("SELECT 'one\n");
    CHECK_THAT(person.read_until("'> "), Catch::Contains("SELECT 'one"));
    person.type("two' AS a,\n");
    (void)person.read_until("-> ");
    person.type("(1\n");
    (void)person.read_until("(> ");
    person.type("+ 41) AS answer;\n");
    const std::string shown = person.read_until("1 row selected");
    CHECK_THAT(shown, Catch::Contains("| one\\ntwo |     42 |"));
    (void)person.read_until("default> ");
    person.type("\x04");
    CHECK(person.status() == 0);
}

TEST_CASE("Ctrl-C at the prompt drops the line, and cancels what runs without ending the session",
          "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    Person person{server, home};
    (void)person.read_until("default> ");
    person.type("SET hivevar:kept=7;\n");
    (void)person.read_until("affected");
    (void)person.read_until("default> ");
    person.type("SELECT 'never\n");
    (void)person.read_until("'> ");
    person.type("again\x03");
    CHECK_THAT(person.read_until("default> "), Catch::Contains("^C"));
    person.type("SELECT sandbox_sleep(60000);\n");
    (void)person.read_until("running");
    person.type("\x03");
    (void)person.read_until("Cancelling...");
    CHECK_THAT(person.read_until("default> "), Catch::Contains("Error: "));
    person.type("SELECT ${kept} * 6 AS answer;\n");
    CHECK_THAT(person.read_until("1 row selected"), Catch::Contains("|     42 |"));
    person.type("!quit\n");
    CHECK(person.status() == 0);
}

TEST_CASE("history outlives the session, for its owner's eyes and without passwords",
          "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    {
        Person person{server, home};
        (void)person.read_until("default> ");
        person.type("SET password=geheim;\n");
        (void)person.read_until("affected");
        (void)person.read_until("default> ");
        person.type("SELECT 40\n + 2 AS answer;\n");
        (void)person.read_until("1 row selected");
        (void)person.read_until("default> ");
        person.type("\x04");
        CHECK(person.status() == 0);
    }
    const std::string file = home / ".local/state/cistern/hive-query.history";
    CHECK(content(file) == "SELECT 40\\n + 2 AS answer;\n");
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);

    Person person{server, home};
    (void)person.read_until("default> ");
    person.type("\x10\n");  // Ctrl-P: as arrow-up
    CHECK_THAT(person.read_until("1 row selected"), Catch::Contains("|     42 |"));
}

TEST_CASE("TAB completes keywords, tables and columns", "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    Person person{server, home};
    (void)person.read_until("default> ");
    person.type("CREATE TABLE measurements (station_name STRING);\n");
    (void)person.read_until("affected");
    (void)person.read_until("default> ");
    person.type("SELE\tmeasurements.stat\tFR\tmeasu\t;\n");
    CHECK_THAT(person.read_until("No rows selected"), Catch::Contains("station_name"));
}

TEST_CASE("a result longer than the screen goes to the pager", "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    Person person{server, home, {"--pager", "sed 's/^/paged: /'"}};
    (void)person.read_until("default> ");
    person.type("SELECT id FROM range(3);\n");
    CHECK_THAT(person.read_until("3 rows selected"), !Catch::Contains("paged:"));
    (void)person.read_until("default> ");
    person.type("SELECT id FROM range(30);\n");
    CHECK_THAT(person.read_until("30 rows selected"), Catch::Contains("paged: | 29 |"));
}

TEST_CASE("the startup file is run first, and a mistake in it keeps nobody out",
          "[integration][programs][shell]") {
    const Sandbox server;
    const TestFolder home;
    home.write(".config/cistern/hive-query.rc", "!set outputformat csv\n!nonsense\n");
    {
        Person person{server, home};
        CHECK_THAT(person.read_until("default> "),
                   Catch::Contains("hive-query.rc:2: there is no command"));
        person.type("SELECT 41 + 1 AS a;\n");
        CHECK_THAT(person.read_until("1 row selected"), Catch::Contains("a\r\n42\r\n"));
    }
    Person person{server, home, {"--norc"}};
    CHECK_THAT(person.read_until("default> "), !Catch::Contains("nonsense"));
}
