#include <catch2/catch.hpp>

#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <string>

namespace {

// hive-query on a terminal of its own, asking for a password.
struct Prompt {
    Prompt() {
        id = ::forkpty(&terminal, nullptr, nullptr, nullptr);
        if (id == 0) {
            ::execl(HIVE_QUERY,
                    HIVE_QUERY,
                    "-u",
                    "jdbc:hive2://127.0.0.1:1/d",
                    "-n",
                    "ada",
                    "-p",
                    "-e",
                    "SELECT 1",
                    nullptr);
            ::_exit(127);
        }
    }
    Prompt(const Prompt&) = delete;
    Prompt& operator=(const Prompt&) = delete;
    ~Prompt() { ::close(terminal); }

    // Reads until `end` has come; all there was when the program ended before.
    std::string read_until(const std::string& end) const {
        std::string text;
        std::array<char, 256> part{};
        while (text.find(end) == std::string::npos) {
            const ssize_t size = ::read(terminal, part.data(), part.size());
            if (size <= 0) {
                break;
            }
            text.append(part.data(), static_cast<std::size_t>(size));
        }
        return text;
    }
    void type(const std::string& text) const { (void)!::write(terminal, text.data(), text.size()); }
    [[nodiscard]] bool echoes() const {
        termios now{};
        return ::tcgetattr(terminal, &now) == 0 && (now.c_lflag & ECHO) != 0;
    }
    [[nodiscard]] int status() const {
        int status = 0;
        ::waitpid(id, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    int terminal = -1;
    pid_t id = -1;
};

}  // namespace

TEST_CASE("a password that is typed is not shown", "[integration][programs]") {
    const Prompt prompt;
    CHECK_THAT(prompt.read_until("ada: "), Catch::Contains("Password for ada: "));
    CHECK_FALSE(prompt.echoes());
    prompt.type("geheim\n");
    CHECK_THAT(prompt.read_until("Is the server running"), !Catch::Contains("geheim"));
    CHECK(prompt.echoes());
    CHECK(prompt.status() == 1);
}

TEST_CASE("Ctrl-C at the password prompt leaves the terminal as it was",
          "[integration][programs]") {
    const Prompt prompt;
    (void)prompt.read_until("ada: ");
    prompt.type("\x03");
    CHECK_THAT(prompt.read_until("no password"), Catch::Contains("no password was given"));
    CHECK(prompt.echoes());
    CHECK(prompt.status() == 1);
}
