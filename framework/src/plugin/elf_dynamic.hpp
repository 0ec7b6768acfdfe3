#pragma once

#include "elf_image.hpp"
#include "plugin_file.hpp"

#include <string>

namespace cistern {

// Follows what the dynamic loader will follow: the dynamic table, names, symbols and relocations of
// `image`. Empty when all of it stays inside the library; otherwise why the file is damaged. With
// that, loading it reads and writes nothing but the library itself.
[[nodiscard]] std::string dynamic_problem(const PluginFile& file, const ElfImage& image);

}  // namespace cistern
