#pragma once

#include "process.hpp"
#include "support/test_folder.hpp"

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using cistern::test::TestFolder;

// A hive-sandbox on a free port, for as long as the object lives.
class Sandbox {
public:
    // `setup` is a shell command that comes before it, such as "ulimit -n 32".
    explicit Sandbox(const Process::Texts& arguments = {}, const std::string& setup = ":") {
        const std::string port_file = folder_ / "port";
        Process::Texts command{"-c", setup + " && exec \"$@\"", "sh", HIVE_SANDBOX};
        command.insert(command.end(),
                       {"--quiet", "--port", "0", "--port-file", port_file, "--long-poll", "100"});
        command.insert(command.end(), arguments.begin(), arguments.end());
        process_ = std::make_unique<Process>("/bin/sh", command);
        for (int tries = 0; port_.empty() && tries < 2000; ++tries) {
            std::ifstream{port_file} >> port_;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        if (port_.empty()) {
            throw std::runtime_error{"hive-sandbox does not start: " + process_->errors()};
        }
    }

    [[nodiscard]] std::uint16_t port() const {
        return static_cast<std::uint16_t>(std::stoul(port_));
    }
    [[nodiscard]] std::string url(const std::string& more = ";auth=noSasl") const {
        return "jdbc:hive2://127.0.0.1:" + port_ + "/default" + more;
    }

private:
    TestFolder folder_;
    std::unique_ptr<Process> process_;
    std::string port_;
};

// Runs hive-query against a server.
inline Ended query(const Sandbox& server, Process::Texts arguments, const std::string& input = {}) {
    arguments.insert(arguments.begin(), {"-u", server.url()});
    return run(HIVE_QUERY, arguments, input);
}
