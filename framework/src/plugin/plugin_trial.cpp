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
    [[nodiscard]] int spawn(pid_t& process,
                            char* const* arguments,
                            char* const* environment) const {
        return ::posix_spawn(
            &process, arguments[0], &actions_, &attributes_, arguments, environment);
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
    bool ended_well = false;  // after them
    std::string how_ended{};
    std::string not_run{};  // why the probe could not be started
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

// A null-terminated list of C strings, as the system wants it.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (auto& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::string>& extra) {
    std::vector<std::string> words{extra};
    for (char** variable = ::environ; variable != nullptr && *variable != nullptr; ++variable) {
        words.emplace_back(*variable);
    }
    return words;
}

ProbeRun run_probe(const char* how,
                   std::span<const fs::path> plugins,
                   const std::vector<std::string>& extra_environment = {}) {
    Pipe report;
    if (!report.is_open()) {
        return {.not_run = std::generic_category().message(errno)};
    }
    std::vector<std::string> words{probe_path().string(), how};
    for (const auto& plugin : plugins) {
        words.push_back(plugin.string());
    }
    auto variables = environment_with(extra_environment);
    pid_t process = 0;
    const int error = SpawnPlan{report.writer()}.spawn(
        process, pointers_to(words).data(), pointers_to(variables).data());
    if (error != 0) {
        return {.not_run = words.front() + ": " + std::generic_category().message(error)};
    }
    report.close_writer();
    const auto lived = count_bytes(report.reader());
    const auto status = wait_for(process);
    const bool ended_well = !status || (WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
    return {std::min(lived, plugins.size()), ended_well, end_text(status), {}};
}

}  // namespace

// The probe ends at the first plugin that harms it; the others then get another one.
std::vector<TrialResult> try_in_another_process(const std::vector<fs::path>& plugins) {
    std::vector<TrialResult> results;
    while (results.size() < plugins.size()) {
        const auto run = run_probe("briefly", std::span{plugins}.subspan(results.size()));
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

TrialResult try_closely(const fs::path& plugin) {
    // No cache of small blocks, and none of them empty when it is handed out.
    const std::vector<std::string> other_memory{"GLIBC_TUNABLES=glibc.malloc.tcache_count=0",
                                                "MALLOC_PERTURB_=165"};
    for (const auto& extra : {std::vector<std::string>{}, other_memory}) {
        const auto run = run_probe("closely", std::span{&plugin, 1}, extra);
        if (!run.not_run.empty()) {
            return {false, run.not_run};
        }
        if (run.lived == 0 || !run.ended_well) {
            return {true, run.how_ended};
        }
    }
    return {true, {}};
}

}  // namespace cistern
