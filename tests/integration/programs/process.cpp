#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace {

int memory_file() {
    const int descriptor = ::memfd_create("program", MFD_CLOEXEC);
    if (descriptor < 0) {
        throw std::runtime_error{"no memory file"};
    }
    return descriptor;
}

std::string content(int descriptor) {
    std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

// The child takes signals as a program on a terminal does, whatever the test runner ignores.
struct Attributes {
    Attributes() {
        sigset_t all{};
        sigemptyset(&all);
        sigaddset(&all, SIGINT);
        sigaddset(&all, SIGPIPE);
        sigset_t none{};
        sigemptyset(&none);
        posix_spawnattr_init(&value);
        posix_spawnattr_setsigdefault(&value, &all);
        posix_spawnattr_setsigmask(&value, &none);
        posix_spawnattr_setflags(&value, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&value); }
    posix_spawnattr_t value{};
};

}  // namespace

Process::Process(const std::string& program,
                 const Texts& arguments,
                 const std::string& input,
                 const Texts& environment,
                 Redirect redirect)
    : input_{memory_file()}, out_{memory_file()}, errors_{memory_file()} {
    if (::pwrite(input_, input.data(), input.size(), 0) != static_cast<ssize_t>(input.size())) {
        throw std::runtime_error{"cannot write the input"};
    }
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input_, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(
        &actions, redirect.out >= 0 ? redirect.out : out_, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors_, STDERR_FILENO);

    Texts words{program};
    words.insert(words.end(), arguments.begin(), arguments.end());
    Texts variables = environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        variables.emplace_back(*variable);
    }
    const Attributes attributes;
    const int error = ::posix_spawn(&id_,
                                    program.c_str(),
                                    &actions,
                                    &attributes.value,
                                    pointers(words).data(),
                                    pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        throw std::runtime_error{"cannot start " + program};
    }
}

Process::~Process() {
    if (!has_ended_) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    ::close(input_);
    ::close(out_);
    ::close(errors_);
}

void Process::signal(int number) const {
    ::kill(id_, number);
}

std::string Process::errors() const {
    return content(errors_);
}

bool Process::await_error(const std::string& text, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (errors().find(text) == std::string::npos) {
        siginfo_t info{};
        const bool runs =
            ::waitid(P_PID, static_cast<id_t>(id_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == 0;
        if (!runs || std::chrono::steady_clock::now() > until) {
            return errors().find(text) != std::string::npos;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

Ended Process::wait() {
    int status = 0;
    rusage used{};
    ::wait4(id_, &status, 0, &used);
    has_ended_ = true;
    Ended ended;
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ended.out = content(out_);
    ended.errors = content(errors_);
    ended.peak_kilobytes = used.ru_maxrss;
    return ended;
}

Ended run(const std::string& program,
          const Process::Texts& arguments,
          const std::string& input,
          const Process::Texts& environment) {
    return Process{program, arguments, input, environment}.wait();
}
