#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace cistern {

// One file, opened once: everything is checked on the descriptor, so that what was checked is one
// file and not whatever its name meant at each moment.
class PluginFile {
public:
    // Follows no symbolic link. Look at problem() before anything else.
    explicit PluginFile(const std::filesystem::path& path);
    PluginFile(const PluginFile&) = delete;
    PluginFile& operator=(const PluginFile&) = delete;
    ~PluginFile();

    // Why the file cannot be a plugin, as far as its kind and size tell; empty when it can.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    [[nodiscard]] std::uint64_t size() const noexcept {
        return static_cast<std::uint64_t>(facts_.st_size);
    }
    // False when the file ends before.
    [[nodiscard]] bool read(std::uint64_t offset, void* buffer, std::size_t count) const noexcept;
    // True while the path still names this file, and nobody has written to it since it was opened.
    [[nodiscard]] bool is_still_at(const std::filesystem::path& path) const noexcept;

private:
    int descriptor_ = -1;
    struct stat facts_ {};
    std::string problem_;
};

}  // namespace cistern
