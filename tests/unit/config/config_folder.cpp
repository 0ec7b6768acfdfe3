#include "config_folder.hpp"

namespace cistern::test {

LoadedConfig ConfigFolder::load(const std::string& text,
                                const Environment& environment,
                                const OptionRules& rules) {
    return load_config(write("main.properties", text), environment, rules);
}

Problems ConfigFolder::problems(const std::string& text,
                                const Environment& environment,
                                const OptionRules& rules) {
    auto found = load(text, environment, rules).problems;
    const auto prefix = path().string() + "/";
    for (auto& problem : found) {
        for (auto at = problem.find(prefix); at != std::string::npos; at = problem.find(prefix)) {
            problem.erase(at, prefix.size());
        }
    }
    return found;
}

}  // namespace cistern::test
