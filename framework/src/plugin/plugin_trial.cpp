#include "plugin_trial.hpp"

#include "plugin_place.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <system_error>

namespace cistern {
namespace {

namespace fs = std::filesystem;

// Where the probe tells how far it came: one byte per plugin that did it no harm.
constexpr int kReportDescriptor = 3;

class Pipe {
public:
    Pipe() : is_open_{::pipe2(ends_.data(), O_CLOEXEC) == 0} {}
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    [[nodiscard]] bool is_open() const noexcept { return is_open_; }
    [[nodiscard]] int reader() const noexcept { return ends_[0]; }
    [[nodiscard]] int writer() const noexcept { return ends_[1]; }
    void close_writer() noexcept { close_end(1); }

private:
    void close_end(std::size_t end) noexcept {
        if (ends_.at(end) >= 0) {
            ::close(ends_.at(end));
            ends_.at(end) = -1;
        }
    }

    std::array<int, 2> ends_{-1, -1};
    bool is_open_;
};

// What the probe starts with: no descriptor of ours but the pipe, no signal blocked or ignored, and
// nobody to talk to.
class SpawnPlan {
public:
    explicit SpawnPlan(int report_to) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, report_to, kReportDescriptor);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, kReportDescriptor + 1);
        ::posix_spawnattr_init(&attributes_);
        sigset_t signals;
        ::sigemptyset(&signals);
        ::posix_spawnattr_setsigmask(&attributes_, &signals);
        ::sigfillset(&signals);
        ::posix_spawnattr_setsigdefault(&attributes_, &signals);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan() {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
    }
    // The error, or 0.
    [[nodiscard]] int spawn(pid_t& process, char* const* arguments) const {
        return ::posix_spawn(&process, arguments[0], &actions_, &attributes_, arguments, ::environ);
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// Empty when somebody else has collected the process, as an application that ignores SIGCHLD does.
std::optional<int> wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return std::nullopt;
        }
    }
    return status;
}

std::string end_text(std::optional<int> status) {
    if (!status) {
        return "ended";
    }
    if (WIFSIGNALED(*status)) {
        if (WTERMSIG(*status) == SIGALRM || WTERMSIG(*status) == SIGXCPU) {
            return "did not come to an end";
        }
        const char* const name = ::sigabbrev_np(WTERMSIG(*status));
        return "crashed with SIG" + std::string{name == nullptr ? "?" : name};
    }
    return "ended with status " + std::to_string(WEXITSTATUS(*status));
}

struct ProbeRun {
    std::size_t lived = 0;    // plugins, counted from the first
    std::string how_ended{};  // when it did not get to the last
    std::string not_run{};    // why the probe could not be started
};

std::size_t count_bytes(int descriptor) {
    std::size_t count = 0;
    std::array<char, 64> buffer{};
    while (true) {
        const auto got = ::read(descriptor, buffer.data(), buffer.size());
        if (got > 0) {
            count += static_cast<std::size_t>(got);
        } else if (got == 0 || errno != EINTR) {
            return count;
        }
    }
}

ProbeRun run_probe(std::span<const fs::path> plugins) {
    Pipe report;
    if (!report.is_open()) {
        return {0, {}, std::generic_category().message(errno)};
    }
    std::vector<std::string> words{probe_path().string()};
    for (const auto& plugin : plugins) {
        words.push_back(plugin.string());
    }
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t process = 0;
    if (const int error = SpawnPlan{report.writer()}.spawn(process, arguments.data()); error != 0) {
        return {0, {}, words.front() + ": " + std::generic_category().message(error)};
    }
    report.close_writer();
    const auto lived = count_bytes(report.reader());
    return {std::min(lived, plugins.size()), end_text(wait_for(process)), {}};
}

}  // namespace

// The probe ends at the first plugin that harms it; the others then get another one.
std::vector<TrialResult> try_in_another_process(const std::vector<fs::path>& plugins) {
    std::vector<TrialResult> results;
    while (results.size() < plugins.size()) {
        const auto run = run_probe(std::span{plugins}.subspan(results.size()));
        if (!run.not_run.empty()) {
            results.resize(plugins.size(), {false, run.not_run});
            break;
        }
        results.resize(results.size() + run.lived, {true, {}});
        if (results.size() < plugins.size()) {
            results.push_back({true, run.how_ended});
        }
    }
    return results;
}

}  // namespace cistern
