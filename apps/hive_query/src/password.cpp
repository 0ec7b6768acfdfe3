#include "password.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace hive_query {
namespace {

constexpr std::size_t kLongestPassword = 64 * 1024;

[[nodiscard]] std::string last_error() {
    return std::generic_category().message(errno);
}

class Descriptor {
public:
    Descriptor(const std::string& path, int flags)
        : value_{::open(path.c_str(), flags | O_CLOEXEC)} {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (value_ >= 0) {
            ::close(value_);
        }
    }
    [[nodiscard]] int value() const noexcept { return value_; }

private:
    int value_;
};

// Switches the terminal's echo off for as long as it lives.
class NoEcho {
public:
    explicit NoEcho(int terminal) : terminal_{terminal} {
        is_changed_ = ::tcgetattr(terminal_, &before_) == 0;
        if (is_changed_) {
            termios quiet = before_;
            quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            ::tcsetattr(terminal_, TCSAFLUSH, &quiet);
        }
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;
    ~NoEcho() {
        if (is_changed_) {
            ::tcsetattr(terminal_, TCSAFLUSH, &before_);
        }
    }

private:
    int terminal_;
    termios before_{};
    bool is_changed_ = false;
};

// Reads a terminal; Ctrl-C ends the reading instead of the program, which would leave the echo off.
// The signal is let through only while we wait, so that none falls between two reads.
class InterruptibleReader {
public:
    explicit InterruptibleReader(int terminal) : terminal_{terminal} {
        struct sigaction action {};
        action.sa_handler = [](int) {};
        sigset_t interrupt{};
        sigemptyset(&interrupt);
        sigaddset(&interrupt, SIGINT);
        pthread_sigmask(SIG_BLOCK, &interrupt, &mask_before_);
        ::sigaction(SIGINT, &action, &action_before_);
        mask_waiting_ = mask_before_;
        sigdelset(&mask_waiting_, SIGINT);
    }
    InterruptibleReader(const InterruptibleReader&) = delete;
    InterruptibleReader& operator=(const InterruptibleReader&) = delete;
    ~InterruptibleReader() {
        ::sigaction(SIGINT, &action_before_, nullptr);
        pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    }

    // None at Ctrl-C or at the end of the input.
    std::optional<char> next() {
        pollfd watched{terminal_, POLLIN, 0};
        char c = 0;
        const bool has_input = ::ppoll(&watched, 1, nullptr, &mask_waiting_) > 0;
        return has_input && ::read(terminal_, &c, 1) == 1 ? std::optional{c} : std::nullopt;
    }

private:
    int terminal_;
    struct sigaction action_before_ {};
    sigset_t mask_before_{};
    sigset_t mask_waiting_{};
};

[[nodiscard]] cistern::Secret ask(const std::string& user) {
    const Descriptor terminal{"/dev/tty", O_RDWR};
    if (terminal.value() < 0) {
        throw UsageError{
            "-p without a password asks for it, but there is no terminal to ask on; use -w FILE"};
    }
    const std::string prompt = "Password" + (user.empty() ? "" : " for " + user) + ": ";
    std::string text;
    std::optional<char> typed;
    {
        InterruptibleReader reader{terminal.value()};
        const NoEcho quiet{terminal.value()};
        (void)!::write(terminal.value(), prompt.data(), prompt.size());
        while ((typed = reader.next()) && *typed != '\n') {
            text += *typed;
        }
    }
    (void)!::write(terminal.value(), "\n", 1);
    if (!typed) {
        throw UsageError{"no password was given"};
    }
    return cistern::Secret{std::move(text)};
}

void warn_when_open_to_others(const std::string& path, int descriptor, const Warn& warn) {
    struct stat found {};
    const bool is_file = ::fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
    if (is_file && (found.st_mode & (S_IRGRP | S_IROTH)) != 0) {
        warn("password file " + path +
             " can be read by other users; chmod 600 would keep them out");
    }
}

}  // namespace

cistern::Secret read_password_file(const std::string& path, const Warn& warn) {
    const Descriptor file{path, O_RDONLY};
    if (file.value() < 0) {
        throw UsageError{"cannot open password file " + path + ": " + last_error()};
    }
    warn_when_open_to_others(path, file.value(), warn);
    std::string text;
    std::array<char, 4096> part{};
    ssize_t size = 0;
    while ((size = ::read(file.value(), part.data(), part.size())) > 0) {
        text.append(part.data(), static_cast<std::size_t>(size));
        if (text.size() > kLongestPassword) {
            throw UsageError{"password file " + path + " is too large to hold a password"};
        }
    }
    if (size < 0) {
        throw UsageError{"cannot read password file " + path + ": " + last_error()};
    }
    if (!text.empty() && text.back() == '\n') {
        text.pop_back();
        if (!text.empty() && text.back() == '\r') {
            text.pop_back();
        }
    }
    return cistern::Secret{std::move(text)};
}

std::optional<cistern::Secret> find_password(const Options& options, const Warn& warn) {
    if (options.password) {
        return cistern::Secret{*options.password};
    }
    if (!options.password_file.empty()) {
        return read_password_file(options.password_file, warn);
    }
    if (options.ask_password) {
        return ask(options.user);
    }
    if (const char* const text = std::getenv("HIVE_QUERY_PASSWORD")) {
        return cistern::Secret{text};
    }
    return std::nullopt;
}

}  // namespace hive_query
