#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// What was typed in earlier sessions: a file that only its owner can read, one entry a line, with
// \n for the line ends inside of an entry and \\ for a backslash. Each entry is appended as it
// comes, so that sessions side by side keep each other's, and none is lost.
//
// Thread safety:  none.
// Errors:         a file that cannot be read or written is one that keeps nothing; can_write() says
//                 so.
class HistoryFile {
public:
    // Makes the folders that lead to `path`. An empty path keeps nothing.
    explicit HistoryFile(std::filesystem::path path);

    // The entries, the oldest first; a file that has grown long is cut to the last thousand.
    [[nodiscard]] std::vector<std::string> load();
    // Keeps `entry`, unless it may hold a secret.
    void append(std::string_view entry);

    [[nodiscard]] bool can_write() const noexcept { return can_write_; }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    void write(std::string_view text, int flags);

    std::filesystem::path path_;
    bool can_write_ = true;
};

// True for what should not be found on a disk: what names a password, token or key, and a !connect
// that says more than where to.
[[nodiscard]] bool may_hold_secret(std::string_view entry);

}  // namespace hive_query
