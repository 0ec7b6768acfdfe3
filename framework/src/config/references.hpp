#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace cistern {

// A value with its references filled in, or what is wrong with one of them.
struct Resolved {
    std::string text;
    bool had_reference = false;
    std::string problem{};
    bool had_file = false;  // whose content may change
};

// Replaces ${env:NAME} by that variable's value and ${file:path} by that file's content without its
// last line's end. A relative path counts from `folder`; the file must belong to the effective user
// and be closed to everybody else. "$${" stands for "${" itself.
[[nodiscard]] Resolved resolve_references(std::string_view text,
                                          const std::map<std::string, std::string>& environment,
                                          const std::filesystem::path& folder);

}  // namespace cistern
