#pragma once

#include "pool_builder.hpp"
#include "runtime_config.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cistern {

// Reads one properties file, the plugins' defaults beside it, and the environment over both. Used
// once: load() leaves nothing behind.
class FileConfig {
public:
    FileConfig(const std::filesystem::path& path,
               const Environment& environment,
               const OptionRules& rules);

    [[nodiscard]] LoadedConfig load();

private:
    // A variable that speaks to this file, with what its name says after "CISTERN_".
    struct Variable {
        FoundSetting found;
        std::string upper_key;
        bool is_used = false;
    };

    // A key and its value; the same key's variable, if there is one, in its place.
    [[nodiscard]] std::optional<FoundSetting> top_level(const std::string& key);
    [[nodiscard]] std::optional<FoundSetting> resolved(FoundSetting found,
                                                       const std::filesystem::path& folder);

    void read_file();
    void read_variables();
    void read_plugin_dirs();
    void make_pools();
    void make_pool(const std::string& name, const std::string& pools_origin);
    void place_entries();
    void place_entry(const FoundSetting& entry);
    void place_variables();
    void place_variable(Variable& variable);
    void add_plugin_defaults(PoolBuilder& pool);
    [[nodiscard]] const std::vector<FoundSetting>& plugin_defaults(const std::string& plugin);
    [[nodiscard]] std::vector<std::string> known_variables() const;
    [[nodiscard]] PoolBuilder* pool_named(std::string_view name);

    std::filesystem::path path_;
    std::filesystem::path folder_;
    const Environment& environment_;
    const OptionRules& rules_;
    LoadedConfig loaded_;
    std::vector<FoundSetting> entries_;
    std::vector<Variable> variables_;
    std::vector<std::string> names_;  // of every pool, also of those that cannot be made
    std::vector<PoolBuilder> pools_;
    std::map<std::string, std::vector<FoundSetting>> defaults_;  // by plugin
};

}  // namespace cistern
