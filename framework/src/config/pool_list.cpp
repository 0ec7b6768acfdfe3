#include "pool_list.hpp"

#include "message_text.hpp"
#include "pool_builder.hpp"

#include <algorithm>

namespace cistern {

std::vector<std::string> split_list(std::string_view text, char separator) {
    constexpr std::string_view kBlanks = " \t\r\n\f";
    std::vector<std::string> items;
    while (true) {
        const auto end = std::min(text.find(separator), text.size());
        auto item = text.substr(0, end);
        item.remove_prefix(std::min(item.find_first_not_of(kBlanks), item.size()));
        item = item.substr(0, item.find_last_not_of(kBlanks) + 1);
        items.emplace_back(item);
        if (end == text.size()) {
            return items;
        }
        text.remove_prefix(end + 1);
    }
}

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
