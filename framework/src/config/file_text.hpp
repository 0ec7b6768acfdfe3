#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

namespace cistern {

// The content of a file, or why there is none: a sentence without the file's name.
struct FileText {
    std::optional<std::string> text;
    std::string problem;
};

enum class FileAccess {
    kAny,
    kPrivate,  // must belong to the effective user and be closed to everybody else
};

// Reads a regular file of at most `max_bytes`. The rights are looked at on the opened file, so
// nobody can swap it in between.
[[nodiscard]] FileText read_file(const std::filesystem::path& path,
                                 std::size_t max_bytes,
                                 FileAccess access = FileAccess::kAny);

}  // namespace cistern
