#include "config_folder.hpp"

#include <stdlib.h>

#include <fstream>
#include <stdexcept>

namespace cistern::test {

namespace fs = std::filesystem;

ConfigFolder::ConfigFolder() {
    auto name = (fs::temp_directory_path() / "cistern-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error{"cannot make a folder"};
    }
    path_ = name;
}

ConfigFolder::~ConfigFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path ConfigFolder::write(const std::string& name, const std::string& text) {
    const auto file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    return file;
}

LoadedConfig ConfigFolder::load(const std::string& text,
                                const Environment& environment,
                                const OptionRules& rules) {
    return load_config(write("main.properties", text), environment, rules);
}

Problems ConfigFolder::problems(const std::string& text,
                                const Environment& environment,
                                const OptionRules& rules) {
    auto found = load(text, environment, rules).problems;
    const auto prefix = path_.string() + "/";
    for (auto& problem : found) {
        for (auto at = problem.find(prefix); at != std::string::npos; at = problem.find(prefix)) {
            problem.erase(at, prefix.size());
        }
    }
    return found;
}

}  // namespace cistern::test
