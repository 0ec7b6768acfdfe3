#pragma once

#include <filesystem>
#include <string>

namespace cistern::test {

// A folder of one test's own, only for this user's eyes, gone with it.
//
// Errors:         std::system_error when it cannot be made or written to.
class TestFolder {
public:
    TestFolder();
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return path_ / name;
    }
    // Writes a file that only its owner can read, with the folders that lead to it.
    std::filesystem::path write(const std::string& name, const std::string& text) const;

private:
    std::filesystem::path path_;
};

}  // namespace cistern::test
