#include "runtime_config.hpp"

#include "file_config.hpp"
#include "message_text.hpp"
#include "pool_builder.hpp"
#include "references.hpp"

#include <set>

namespace cistern {
namespace {

constexpr const char* kInCode = "in code";

// Fills in the references of a value that stands in the program itself.
std::optional<FoundSetting> resolved(std::string key,
                                     const std::string& text,
                                     const Environment& environment,
                                     Problems& problems) {
    const auto folder = std::filesystem::current_path();
    auto value = resolve_references(text, environment, folder);
    if (!value.problem.empty()) {
        problems.push_back(std::string{kInCode} + ": " + shown_key(key) + ": " + value.problem);
        return std::nullopt;
    }
    FoundSetting found{std::move(key), {std::move(value.text), kInCode, value.had_reference}};
    if (value.had_file) {
        found.value.reference = text;
        found.value.folder = folder.string();
    }
    return found;
}

void add_pool(const PoolSpec& spec,
              const Environment& environment,
              const OptionRules& rules,
              LoadedConfig& loaded) {
    const auto prefix = "pool." + spec.name + ".";
    PoolBuilder builder{spec.name, {prefix + "plugin", {spec.plugin, kInCode}}, loaded.problems};
    builder.set_remedy("; add it to the settings of PoolSpec \"" + spec.name + "\"");
    for (const auto& [key, text] : spec.options) {
        if (auto found = resolved(prefix + key, text, environment, loaded.problems)) {
            builder.add(key, std::move(*found));
        }
    }
    const auto plugin_prefix = spec.plugin + ".";
    for (const auto& [key, text] : spec.settings) {
        if (auto found =
                resolved(prefix + plugin_prefix + key, text, environment, loaded.problems)) {
            builder.add_setting(key, std::move(*found));
        }
    }
    loaded.config.pools.push_back(builder.finish(rules));
}

}  // namespace

LoadedConfig load_config(const std::filesystem::path& path,
                         const Environment& environment,
                         const OptionRules& rules) {
    return FileConfig{path, environment, rules}.load();
}

LoadedConfig load_config(const RuntimeSpec& spec,
                         const Environment& environment,
                         const OptionRules& rules) {
    LoadedConfig loaded;
    for (const auto& dir : spec.plugin_dirs) {
        loaded.config.plugin_dirs.push_back(std::filesystem::absolute(dir).lexically_normal());
    }
    if (!spec.plugin_dirs.empty()) {
        loaded.config.plugin_dirs_origin = kInCode;
    }
    std::set<std::string> names;
    for (const auto& pool : spec.pools) {
        const std::string where = std::string{kInCode} + ": PoolSpec " + in_quotes(pool.name);
        if (!is_name(pool.name)) {
            loaded.problems.push_back(
                where + ": is no pool's name; right would be letters, digits, _ and -");
        } else if (!names.insert(pool.name).second) {
            loaded.problems.push_back(where + ": there is another pool of this name");
        } else if (!is_name(pool.plugin)) {
            loaded.problems.push_back(
                where + ": its plugin " + in_quotes(pool.plugin) +
                " is no plugin's name; right would be letters, digits, _ and -");
        } else {
            add_pool(pool, environment, rules, loaded);
        }
    }
    return loaded;
}

}  // namespace cistern
