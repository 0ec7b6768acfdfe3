#include "pool_list.hpp"

#include "list_text.hpp"
#include "message_text.hpp"
#include "pool_builder.hpp"

#include <algorithm>

namespace cistern {

std::vector<std::string> read_pool_names(const FoundSetting& found, Problems& problems) {
    std::vector<std::string> names;
    for (auto& name : split_list(found.value.text, ',')) {
        if (!is_name(name)) {
            problems.push_back(value_problem(
                found,
                (found.value.is_hidden || name.empty() ? "holds something that" : in_quotes(name)) +
                    std::string{" is no pool's name; right would be letters, digits, _ and -, "
                                "separated by commas"}));
        } else if (std::find(names.begin(), names.end(), name) != names.end()) {
            problems.push_back(value_problem(found, "names " + name + " twice"));
        } else {
            names.push_back(std::move(name));
        }
    }
    return names;
}

std::vector<std::filesystem::path> read_plugin_dirs(const FoundSetting& found,
                                                    const std::filesystem::path& folder,
                                                    Problems& problems) {
    std::vector<std::filesystem::path> dirs;
    for (const auto& item : split_list(found.value.text, ':')) {
        if (item.empty()) {
            problems.push_back(value_problem(
                found, "holds an empty item; right would be folders, separated by colons"));
        } else {
            dirs.push_back(std::filesystem::absolute(folder / item).lexically_normal());
        }
    }
    return dirs;
}

}  // namespace cistern
