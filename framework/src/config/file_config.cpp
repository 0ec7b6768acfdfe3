#include "file_config.hpp"

#include "message_text.hpp"
#include "pool_list.hpp"
#include "properties_file.hpp"
#include "references.hpp"

#include <base/nearest.hpp>

#include <algorithm>

namespace cistern {
namespace {

constexpr std::string_view kPool = "pool.";
constexpr std::string_view kPools = "pools";
constexpr std::string_view kPluginDirs = "plugins.dir";
constexpr std::string_view kEnvironmentOrigin = "environment ";

FoundSetting as_found(const PropertiesFile& file, const PropertiesEntry& entry) {
    return {entry.key, {entry.value, file.origin(entry)}};
}

std::vector<std::string> with_prefix(const std::string& prefix, std::vector<std::string> names) {
    for (auto& name : names) {
        name.insert(0, prefix);
    }
    return names;
}

}  // namespace

FileConfig::FileConfig(const std::filesystem::path& path,
                       const Environment& environment,
                       const OptionRules& rules)
    : path_{path},
      folder_{path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."}},
      environment_{environment},
      rules_{rules} {}

LoadedConfig FileConfig::load() {
    read_file();
    if (entries_.empty() && !loaded_.problems.empty()) {
        return std::move(loaded_);
    }
    read_variables();
    read_plugin_dirs();
    make_pools();
    place_entries();
    place_variables();
    for (auto& pool : pools_) {
        add_plugin_defaults(pool);
        loaded_.config.pools.push_back(pool.finish(rules_));
    }
    return std::move(loaded_);
}

std::optional<FoundSetting> FileConfig::resolved(FoundSetting found,
                                                 const std::filesystem::path& folder) {
    auto value = resolve_references(found.value.text, environment_, folder);
    if (!value.problem.empty()) {
        loaded_.problems.push_back(found.value.origin + ": " + shown_key(found.shown_key) + ": " +
                                   value.problem);
        return std::nullopt;
    }
    if (value.had_file) {
        found.value.reference = std::move(found.value.text);
        found.value.folder = folder.string();
    }
    found.value.text = std::move(value.text);
    found.value.is_hidden = value.had_reference;
    return found;
}

void FileConfig::read_file() {
    const auto file = read_properties(path_);
    loaded_.problems = file.problems;
    for (const auto& entry : file.entries) {
        entries_.push_back(as_found(file, entry));
    }
    if (entries_.empty() && loaded_.problems.empty()) {
        loaded_.problems.push_back(
            path_.string() +
            ": holds no setting; it must say at least which pools there are: "
            "pools = a, and pool.a.plugin = <name>");
    }
}

// Other programs may have variables of their own that start like ours; only those that can be meant
// for a file are looked at.
void FileConfig::read_variables() {
    constexpr std::string_view kOurs = "CISTERN_";
    for (const auto& [name, text] : environment_) {
        if (!name.starts_with("CISTERN_POOL") && !name.starts_with("CISTERN_PLUGIN")) {
            continue;
        }
        const auto origin = std::string{kEnvironmentOrigin} + name;
        if (auto found = resolved({name, {text, origin}}, std::filesystem::current_path())) {
            variables_.push_back({std::move(*found), name.substr(kOurs.size())});
        }
    }
}

std::optional<FoundSetting> FileConfig::top_level(const std::string& key) {
    for (auto& variable : variables_) {
        if (variable.upper_key == upper_name(key)) {
            variable.is_used = true;
            auto found = variable.found;
            found.shown_key = key;
            return found;
        }
    }
    const auto entry = std::find_if(
        entries_.begin(), entries_.end(), [&](const auto& e) { return e.shown_key == key; });
    return entry == entries_.end() ? std::nullopt : resolved(*entry, folder_);
}

void FileConfig::read_plugin_dirs() {
    const auto found = top_level(std::string{kPluginDirs});
    if (!found) {
        return;
    }
    // A shell's user thinks of the folder they are in, a file's author of the file's.
    const bool is_variable = found->value.origin.starts_with(kEnvironmentOrigin);
    const auto base = is_variable ? std::filesystem::current_path() : folder_;
    loaded_.config.plugin_dirs = cistern::read_plugin_dirs(*found, base, loaded_.problems);
    loaded_.config.plugin_dirs_origin = found->value.origin;
}

void FileConfig::make_pools() {
    const auto found = top_level(std::string{kPools});
    if (!found) {
        loaded_.problems.push_back(path_.string() +
                                   ": pools: is missing; it names the pools there are, as in "
                                   "pools = a, b");
        return;
    }
    names_ = read_pool_names(*found, loaded_.problems);
    for (const auto& name : names_) {
        make_pool(name, found->value.origin);
    }
}

void FileConfig::make_pool(const std::string& name, const std::string& pools_origin) {
    const auto key = std::string{kPool} + name + ".plugin";
    const auto plugin = top_level(key);
    if (!plugin) {
        loaded_.problems.push_back(pools_origin + ": " + key +
                                   ": is missing; every pool needs the name of "
                                   "the plugin that opens its connections");
    } else if (!is_name(plugin->value.text)) {
        loaded_.problems.push_back(
            value_problem(*plugin, "must be a plugin's name: letters, digits, _ and -"));
    } else {
        pools_.emplace_back(name, *plugin, loaded_.problems);
        const auto setting = std::string{kPool} + name + "." + plugin->value.text + ".<setting>";
        pools_.back().set_remedy(
            "; give it as " + setting + " in " + path_.string() + ", or as <setting> in " +
            (folder_ / "plugins" / (plugin->value.text + ".properties")).string());
    }
}

PoolBuilder* FileConfig::pool_named(std::string_view name) {
    const auto pool =
        std::find_if(pools_.begin(), pools_.end(), [&](const auto& p) { return p.name() == name; });
    return pool == pools_.end() ? nullptr : &*pool;
}

void FileConfig::place_entries() {
    for (const auto& entry : entries_) {
        if (entry.shown_key != kPools && entry.shown_key != kPluginDirs) {
            place_entry(entry);
        }
    }
}

void FileConfig::place_entry(const FoundSetting& entry) {
    const std::string_view key{entry.shown_key};
    const auto dot = key.starts_with(kPool) ? key.find('.', kPool.size()) : std::string_view::npos;
    const auto unknown = [&](const std::string& hint) {
        loaded_.problems.push_back(entry.value.origin + ": " + shown_key(key) + ": " + hint);
    };
    if (dot == std::string_view::npos) {
        std::vector<std::string> candidates{std::string{kPools}, std::string{kPluginDirs}};
        for (const auto& name : names_) {
            const auto options = with_prefix(std::string{kPool} + name + ".", pool_option_names());
            candidates.insert(candidates.end(), options.begin(), options.end());
        }
        unknown(
            "unknown key" +
            guess_text(key, candidates, "; keys are pools, plugins.dir and pool.<pool>.<option>"));
        return;
    }
    const auto name = key.substr(kPool.size(), dot - kPool.size());
    const std::string rest{key.substr(dot + 1)};
    auto* const pool = pool_named(name);
    if (pool == nullptr) {
        if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
            unknown("there is no pool " + in_quotes(name) + " in pools" +
                    guess_text(name, names_, "; add it there, or remove this line"));
        }
        return;  // its plugin is missing, and that has been said
    }
    if (rest == "plugin") {
        return;
    }
    if (auto found = resolved(entry, folder_)) {
        pool->add(rest, std::move(*found));
    }
}

void FileConfig::place_variables() {
    for (auto& variable : variables_) {
        if (!variable.is_used) {
            place_variable(variable);
        }
    }
}

// A variable's name has lost its dots, so every reading is tried.
void FileConfig::place_variable(Variable& variable) {
    struct Reading {
        PoolBuilder* pool;
        std::string key;       // of an option, or
        std::string override;  // the rest of a connector setting's name
        std::string text;
    };
    std::vector<Reading> readings;
    for (auto& pool : pools_) {
        const auto prefix = std::string{kPool} + pool.name() + ".";
        for (const auto& option : pool_option_names()) {
            if (upper_name(prefix + option) == variable.upper_key) {
                readings.push_back({&pool, option, {}, prefix + option});
            }
        }
        const auto plugin_prefix = upper_name(prefix + pool.plugin() + ".");
        if (variable.upper_key.starts_with(plugin_prefix) &&
            variable.upper_key.size() > plugin_prefix.size()) {
            readings.push_back({&pool,
                                {},
                                variable.upper_key.substr(plugin_prefix.size()),
                                "a setting of " + prefix + pool.plugin()});
        }
    }
    auto& found = variable.found;
    if (readings.empty()) {
        loaded_.problems.push_back(
            found.value.origin + ": fits no key" +
            guess_text(found.shown_key,
                       known_variables(),
                       "; right would be CISTERN_POOL_<POOL>_<OPTION>, for a "
                       "pool and an option that there are"));
        return;
    }
    if (readings.size() > 1) {
        std::vector<std::string> texts;
        for (const auto& reading : readings) {
            texts.push_back(reading.text);
        }
        loaded_.problems.push_back(found.value.origin + ": could mean " + one_of(texts) +
                                   "; set it in the file instead");
        return;
    }
    const auto& reading = readings.front();
    if (reading.key.empty()) {
        reading.pool->add_override(reading.override, std::move(found));
    } else {
        found.shown_key = reading.text;
        reading.pool->add(reading.key, std::move(found));
    }
}

std::vector<std::string> FileConfig::known_variables() const {
    std::vector<std::string> names{variable_of(kPools), variable_of(kPluginDirs)};
    for (const auto& pool : pools_) {
        const auto prefix = std::string{kPool} + pool.name() + ".";
        names.push_back(variable_of(prefix + "plugin"));
        for (const auto& option : pool_option_names()) {
            names.push_back(variable_of(prefix + option));
        }
    }
    return names;
}

void FileConfig::add_plugin_defaults(PoolBuilder& pool) {
    for (const auto& found : plugin_defaults(pool.plugin())) {
        pool.add_default(found.shown_key, found);
    }
}

const std::vector<FoundSetting>& FileConfig::plugin_defaults(const std::string& plugin) {
    const auto [known, is_new] = defaults_.try_emplace(plugin);
    const auto path = folder_ / "plugins" / (plugin + ".properties");
    std::error_code ignored;
    if (!is_new || !std::filesystem::exists(path, ignored)) {
        return known->second;
    }
    const auto file = read_properties(path);
    loaded_.problems.insert(loaded_.problems.end(), file.problems.begin(), file.problems.end());
    for (const auto& entry : file.entries) {
        if (auto found = resolved(as_found(file, entry), path.parent_path())) {
            known->second.push_back(std::move(*found));
        }
    }
    return known->second;
}

}  // namespace cistern
