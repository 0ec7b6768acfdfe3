#pragma once

#include <filesystem>

namespace cistern {

// The file that this code was loaded from: libcistern, or a test that links its objects.
[[nodiscard]] std::filesystem::path library_path();

// The program that tries plugins out, which is installed with the library.
[[nodiscard]] std::filesystem::path probe_path();

}  // namespace cistern
