#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

// What became of a program that has ended.
struct Ended {
    int status = -1;  // the exit status, or 128 and the signal's number
    std::string out;
    std::string errors;
    long peak_kilobytes = 0;  // the most memory it had at once
};

// Where a program's output goes instead of into a file in memory.
struct Redirect {
    int out = -1;  // a descriptor of ours
};

// A program that runs beside the test. Its output is collected; what still runs when the object
// goes is killed.
class Process {
public:
    using Texts = std::vector<std::string>;

    // `environment` is added to ours.
    Process(const std::string& program,
            const Texts& arguments,
            const std::string& input = {},
            const Texts& environment = {},
            Redirect redirect = {});
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    void signal(int number) const;
    // Until standard error holds `text`; false when the program ended or the time passed before.
    [[nodiscard]] bool await_error(const std::string& text,
                                   std::chrono::milliseconds limit = std::chrono::seconds{20});
    [[nodiscard]] std::string errors() const;
    [[nodiscard]] pid_t id() const noexcept { return id_; }
    [[nodiscard]] Ended wait();

private:
    int input_ = -1;
    int out_ = -1;
    int errors_ = -1;
    pid_t id_ = -1;
    bool has_ended_ = false;
};

// Runs a program to its end.
[[nodiscard]] Ended run(const std::string& program,
                        const Process::Texts& arguments,
                        const std::string& input = {},
                        const Process::Texts& environment = {});
