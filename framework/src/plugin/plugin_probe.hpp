#pragma once

#include <cistern/export.hpp>

#include <filesystem>

namespace cistern {

// Does with `plugin` all that a host does, and throws nothing. For the probe only: it runs in a
// process of its own because this may end the process.
CISTERN_API void try_here(const std::filesystem::path& plugin) noexcept;

}  // namespace cistern
