#pragma once

#include <filesystem>
#include <string>

namespace cistern {

// A shared library in this process, or why it is not.
struct LoadedLibrary {
    void* handle = nullptr;
    std::string problem{};
};

// Loads `path` with every symbol bound at once and none of them visible to others, for good. It
// runs the library's initialisers.
[[nodiscard]] LoadedLibrary load_library(const std::filesystem::path& path);

// True when `path` is in this process already.
[[nodiscard]] bool is_library_loaded(const std::filesystem::path& path);

// The tag a plugin was built with; empty when it has none.
[[nodiscard]] std::string plugin_tag_of(const LoadedLibrary& library);

// What is wrong with a plugin's tag, which must be equal to this library's; empty when it is.
[[nodiscard]] std::string tag_problem(const std::string& tag);

// A sentence with a remedy for what the dynamic loader says about `path`.
[[nodiscard]] std::string loader_problem(std::string text, const std::filesystem::path& path);

}  // namespace cistern
