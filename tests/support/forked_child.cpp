#include "support/forked_child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace cistern::test {
namespace {

// Then the child's own alarm ends it.
constexpr unsigned kMostSeconds = 60;

void open_pipe(int (&ends)[2]) {
    if (::pipe(ends) != 0) {
        throw std::system_error{errno, std::system_category(), "pipe"};
    }
}

std::string outcome_of(const ForkedChild::Body& body) {
    try {
        return body();
    } catch (const std::exception& error) {
        return std::string{"threw "} + error.what();
    } catch (...) {
        return "threw something that is no std::exception";
    }
}

[[noreturn]] void run(const ForkedChild::Body& body, int reports) {
    ::alarm(kMostSeconds);
    const auto outcome = outcome_of(body);
    std::string_view left{outcome};
    while (!left.empty()) {
        const auto written = ::write(reports, left.data(), left.size());
        if (written <= 0) {
            ::_exit(2);
        }
        left.remove_prefix(static_cast<std::size_t>(written));
    }
    ::_exit(outcome.empty() ? 0 : 1);
}

}  // namespace

ForkedChild::ForkedChild(const Body& body) {
    int ends[2];
    open_pipe(ends);
#ifdef __SANITIZE_ADDRESS__
    // Its allocator's locks stay as they are in a child: let threads that are about to wait do so.
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
#endif
    // What is not printed yet would be printed twice.
    std::cout.flush();
    std::fflush(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
        ::close(ends[0]);
        run(body, ends[1]);
    }
    ::close(ends[1]);
    reports_ = ends[0];
    if (process_ < 0) {
        throw std::system_error{errno, std::system_category(), "fork"};
    }
}

ForkedChild::~ForkedChild() {
    static_cast<void>(report());
    ::close(reports_);
}

std::string ForkedChild::report() {
    std::string text;
    if (process_ < 0) {
        return text;
    }
    char buffer[1024];
    for (ssize_t got = 0; (got = ::read(reports_, buffer, sizeof buffer)) > 0;) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    if (WIFSIGNALED(status)) {
        return WTERMSIG(status) == SIGALRM
                   ? "hung"
                   : "was ended by signal " + std::to_string(WTERMSIG(status));
    }
    return text.empty() && WEXITSTATUS(status) != 0
               ? "ended with " + std::to_string(WEXITSTATUS(status))
               : text;
}

ForkGate::ForkGate() {
    open_pipe(ends_);
}

ForkGate::~ForkGate() {
    ::close(ends_[0]);
    ::close(ends_[1]);
}

void ForkGate::open() {
    static_cast<void>(::write(ends_[1], "", 1));
}

void ForkGate::wait() {
    char byte = 0;
    static_cast<void>(::read(ends_[0], &byte, 1));
}

}  // namespace cistern::test
