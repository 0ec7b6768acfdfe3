#pragma once

#include "problems.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace cistern {

// One key of a properties file, with its escapes resolved, and the line it begins on.
struct PropertiesEntry {
    std::string key;
    std::string value;
    int line = 0;
};

// What a properties file says, in its order. A key given twice is a problem and counts once.
struct PropertiesFile {
    std::string shown_path;  // as the caller named it
    std::vector<PropertiesEntry> entries{};
    Problems problems{};

    // "conf/cistern.properties:12"
    [[nodiscard]] std::string origin(const PropertiesEntry& entry) const;
};

// Reads Java-style properties: `key = value` or `key: value`, comments after # or !, a line that
// ends in a backslash goes on in the next one. Stricter than Java where Java guesses: a line needs
// its separator, a backslash before a character it means nothing for is refused instead of dropped,
// and so are control characters and bytes that are not UTF-8. Spaces after a value do not belong to
// it unless escaped.
[[nodiscard]] PropertiesFile parse_properties(std::string_view text, std::string shown_path);

// The same for a file. One that cannot be read is the only problem of the result.
[[nodiscard]] PropertiesFile read_properties(const std::filesystem::path& path);

}  // namespace cistern
