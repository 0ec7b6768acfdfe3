#include "support/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace cistern::test {
namespace {

constexpr std::chrono::seconds kStartTime{30};
constexpr std::chrono::milliseconds kPause{5};

[[noreturn]] void become(const std::vector<char*>& arguments, const char* log) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

}  // namespace

void ServerProcess::start(std::vector<std::string> arguments,
                          const std::function<bool()>& is_ready) {
    std::vector<char*> texts{program_.data()};
    for (auto& argument : arguments) {
        texts.push_back(argument.data());
    }
    texts.push_back(nullptr);
    const auto log = log_.string();
    process_ = ::fork();
    if (process_ == 0) {
        become(texts, log.c_str());
    }
    const auto give_up = std::chrono::steady_clock::now() + kStartTime;
    while (!is_ready()) {
        const bool has_ended = process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == process_;
        if (has_ended) {
            process_ = -1;  // the number may be anybody's now
        }
        if (process_ < 0 || std::chrono::steady_clock::now() > give_up) {
            throw std::runtime_error{program_ + " did not start; see " + log};
        }
        std::this_thread::sleep_for(kPause);
    }
}

void ServerProcess::kill() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }
}

void ServerProcess::freeze() {
    ::kill(process_, SIGSTOP);
    ::waitpid(process_, nullptr, WUNTRACED);
}

void ServerProcess::thaw() {
    ::kill(process_, SIGCONT);
}

}  // namespace cistern::test
