#pragma once

#include "support/test_folder.hpp"

#include <config/runtime_config.hpp>

#include <string>

namespace cistern::test {

// A folder with configuration files of one test's own.
class ConfigFolder : public TestFolder {
public:
    // Writes main.properties and loads it.
    [[nodiscard]] LoadedConfig load(const std::string& text,
                                    const Environment& environment = {},
                                    const OptionRules& rules = {});
    // The problems of such a file, without the folder in front of its name.
    [[nodiscard]] Problems problems(const std::string& text,
                                    const Environment& environment = {},
                                    const OptionRules& rules = {});
};

}  // namespace cistern::test
