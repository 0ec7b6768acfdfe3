#include "plugin_absent.hpp"

#include <base/nearest.hpp>

#include <algorithm>

namespace cistern {
namespace {

std::string as_list(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

std::string found_text(const std::vector<PluginReport>& reports) {
    std::vector<std::string> found;
    for (const auto& report : reports) {
        if (report.usable) {
            found.push_back(report.path.string() + " (offers " + as_list(report.names) + ")");
        }
    }
    return found.empty() ? "no usable plugin" : as_list(found);
}

}  // namespace

std::string absent_plugin_text(const std::string& name,
                               const std::vector<std::filesystem::path>& dirs,
                               const std::vector<PluginReport>& reports) {
    std::vector<std::string> names;
    for (const auto& report : reports) {
        names.insert(names.end(), report.names.begin(), report.names.end());
    }
    std::vector<std::string> searched;
    for (const auto& dir : dirs) {
        searched.push_back(std::filesystem::absolute(dir).string());
    }
    const bool was_refused = std::find(names.begin(), names.end(), name) != names.end();
    auto text = "no usable plugin is called \"" + name + "\"" +
                guess_text(name, was_refused ? std::vector<std::string>{} : names, "") +
                (was_refused ? "" : "; put " + name + ".so into a plugin folder") + "; searched " +
                as_list(searched) + "; found " + found_text(reports);
    for (const auto& report : reports) {
        if (!report.usable) {
            text += "; refused " + report.problem;
        }
    }
    return text;
}

}  // namespace cistern
