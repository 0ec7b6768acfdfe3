#pragma once

#include "runtime_config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// The names in `found`, a list of pools; reports what is no name, and what stands there twice.
[[nodiscard]] std::vector<std::string> read_pool_names(const FoundSetting& found,
                                                       Problems& problems);

// The folders in `found`, made absolute from `folder`; reports an empty item.
[[nodiscard]] std::vector<std::filesystem::path> read_plugin_dirs(
    const FoundSetting& found, const std::filesystem::path& folder, Problems& problems);

}  // namespace cistern
