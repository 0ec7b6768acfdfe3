#pragma once

#include <config/runtime_config.hpp>

#include <filesystem>
#include <string>

namespace cistern::test {

// A folder with configuration files of one test's own.
class ConfigFolder {
public:
    ConfigFolder();
    ConfigFolder(const ConfigFolder&) = delete;
    ConfigFolder& operator=(const ConfigFolder&) = delete;
    ~ConfigFolder();

    // Writes `text` to a file in the folder, for nobody else to read.
    std::filesystem::path write(const std::string& name, const std::string& text);
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    // Writes main.properties and loads it.
    [[nodiscard]] LoadedConfig load(const std::string& text,
                                    const Environment& environment = {},
                                    const OptionRules& rules = {});
    // The problems of such a file, without the folder in front of its name.
    [[nodiscard]] Problems problems(const std::string& text,
                                    const Environment& environment = {},
                                    const OptionRules& rules = {});

private:
    std::filesystem::path path_;
};

}  // namespace cistern::test
