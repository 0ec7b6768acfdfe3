#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace cistern::test {

// A server program that a test starts, breaks and starts again. It never outlives the test program.
//
// Thread safety:  none.
// Errors:         std::runtime_error when it does not start, naming its log.
class ServerProcess {
public:
    // What the program prints is appended to `log`.
    ServerProcess(std::string program, std::filesystem::path log)
        : program_{std::move(program)}, log_{std::move(log)} {}
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;
    ~ServerProcess() { kill(); }

    // Returns once `is_ready` says so.
    // REQUIRES: it does not run
    void start(std::vector<std::string> arguments, const std::function<bool()>& is_ready);
    void kill();    // as a crash does
    void freeze();  // as a machine that swaps; returns when each of its threads stands still
    void thaw();

private:
    std::string program_;
    std::filesystem::path log_;
    pid_t process_ = -1;
};

}  // namespace cistern::test
