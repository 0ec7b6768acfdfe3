#pragma once

#include "plugin_file.hpp"

#include <cstdint>
#include <string>

namespace cistern {

// cistern_add_plugin() ends each plugin with a seal: a digest of all bytes before it. A flipped bit
// anywhere is noticed by it, also one that would show only when some rare function is called. It
// guards against damage, not against malice. Tools that rewrite a library, such as strip, drop it;
// then the plugin counts as one that never had a seal.
enum class Seal { kNone, kIntact, kBroken };

// Looks for the seal of the library that ends at `library_end`.
[[nodiscard]] Seal check_seal(const PluginFile& file, std::uint64_t library_end);

}  // namespace cistern
