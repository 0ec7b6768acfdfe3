#pragma once

#include "process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

// A folder of the test's own, gone with it.
class TestFolder {
public:
    TestFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "cistern-programs-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error{"no folder for the test"};
        }
        path_ = name;
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name} << text;
        std::filesystem::permissions(path_ / name, std::filesystem::perms{0600});
        return file(name);
    }

private:
    std::filesystem::path path_;
};

// A hive-sandbox on a free port, for as long as the object lives.
class Sandbox {
public:
    explicit Sandbox(Process::Texts arguments = {}) {
        const std::string port_file = folder_.file("port");
        arguments.insert(
            arguments.begin(),
            {"--quiet", "--port", "0", "--port-file", port_file, "--long-poll", "100"});
        process_ = std::make_unique<Process>(HIVE_SANDBOX, arguments);
        for (int tries = 0; port_.empty() && tries < 2000; ++tries) {
            std::ifstream{port_file} >> port_;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        if (port_.empty()) {
            throw std::runtime_error{"hive-sandbox does not start: " + process_->errors()};
        }
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
