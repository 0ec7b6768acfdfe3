#pragma once

#include <filesystem>

namespace sandbox {

// A folder for temporary files that vanishes with its owner. What owners left behind that were
// killed, the next one takes away: a lock shows whether somebody is still there.
//
// Errors:         std::system_error when it cannot be made.
class ScratchFolder {
public:
    ScratchFolder();
    // Below `parent` instead of the system's folder for such things.
    explicit ScratchFolder(const std::filesystem::path& parent);
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder();

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
    int lock_ = -1;
};

}  // namespace sandbox
