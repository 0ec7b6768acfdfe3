#pragma once

#include "support/line_server.hpp"

#include <cistern/cistern.hpp>
#include <cistern/echo/session.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace cistern::test {

using namespace std::chrono_literals;

// A folder for one test's files, gone with it.
class TestFolder {
public:
    TestFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "cistern-runtime-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() { std::filesystem::remove_all(path_); }

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        const auto file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
        return file;
    }

private:
    std::filesystem::path path_;
};

// A pool called "echo" over `server`, described in code.
inline RuntimeSpec echo_spec(LineServer& server, std::map<std::string, std::string> options = {}) {
    return {.plugin_dirs = {CISTERN_TEST_PLUGINS},
            .pools = {{.name = "echo",
                       .plugin = "echo",
                       .options = std::move(options),
                       .settings = {{"endpoint", to_string(server.endpoint())}}}}};
}

}  // namespace cistern::test
