#include "plugin_folder.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace cistern::test {
namespace {

namespace fs = std::filesystem;

const fs::path kSpecimens{SPECIMEN_DIR};

}  // namespace

fs::path PluginFolder::add(const std::string& name, const std::string& as) {
    auto to = path() / ((as.empty() ? name : as) + ".so");
    fs::copy_file(kSpecimens / (name + ".so"), to);
    fs::permissions(to, fs::perms::owner_all);
    return to;
}

fs::path PluginFolder::write(const std::string& file, const std::string& content) {
    auto to = folder_.write(file, content);
    fs::permissions(to, fs::perms::owner_all);
    return to;
}

PluginReport PluginFolder::inspect_one() const {
    auto reports = inspect();
    if (reports.size() != 1) {
        throw std::runtime_error{"expected one report, got " + std::to_string(reports.size())};
    }
    return reports.front();
}

std::string specimen_bytes(const std::string& name) {
    std::ifstream file{kSpecimens / (name + ".so"), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace cistern::test
