#include "message_text.hpp"
#include "pool_builder.hpp"
#include "runtime_config.hpp"
#include "setting_text.hpp"

#include <base/nearest.hpp>

#include <algorithm>

namespace cistern {
namespace {

std::string without_blanks(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t"), text.size());
    const auto end = text.find_last_not_of(" \t");
    return std::string{text.substr(begin, end == std::string_view::npos ? 0 : end - begin + 1)};
}

class SettingsCheck {
public:
    SettingsCheck(const PoolConfig& pool, const Settings& declared)
        : pool_{pool}, declared_{declared}, found_{pool.settings} {}

    CheckedSettings run() {
        for (const auto& [upper_name, found] : pool_.overrides) {
            apply_override(upper_name, found);
        }
        if (!pool_.options.endpoints.empty()) {
            put_endpoints_in_place();
        }
        for (auto& [key, found] : found_) {
            check(key, found);
        }
        for (const auto& setting : declared_) {
            add_default(setting);
        }
        return std::move(result_);
    }

private:
    [[nodiscard]] const Setting* declared(const std::string& key) const {
        const auto at = std::find_if(declared_.begin(), declared_.end(), [&](const auto& setting) {
            return is_key_of(setting, key);
        });
        return at == declared_.end() ? nullptr : &*at;
    }

    [[nodiscard]] std::string full_key(const std::string& key) const {
        return "pool." + pool_.name + "." + pool_.plugin + "." + key;
    }

    // The setting that the pool's endpoints are given to, one at a time; empty: there is none.
    [[nodiscard]] std::string address() const {
        constexpr const char* kUsual = "endpoint";
        std::vector<std::string> names;
        for (const auto& setting : declared_) {
            if (setting.type == SettingType::kEndpoint) {
                names.push_back(setting.name);
            }
        }
        const bool is_usual =
            declared_.empty() || std::find(names.begin(), names.end(), kUsual) != names.end();
        return is_usual ? kUsual : names.size() == 1 ? names.front() : "";
    }

    void put_endpoints_in_place() {
        const auto origin = pool_.option_origins.find("endpoints");
        const auto where = (origin != pool_.option_origins.end() ? origin->second : pool_.origin);
        const auto key = "pool." + pool_.name + ".endpoints";
        result_.address = address();
        if (result_.address.empty()) {
            result_.problems.push_back(where + ": " + key + ": the plugin " + pool_.plugin +
                                       " has no setting that is an endpoint; right would be its "
                                       "own settings, which are " +
                                       known_text());
            return;
        }
        std::erase_if(found_, [&](const auto& given) {
            const auto& [name, found] = given;
            const auto* const setting = declared(name);
            if (name != result_.address && (setting == nullptr || !setting->names_server)) {
                return false;
            }
            if (!found.is_default) {
                result_.problems.push_back(where + ": " + key + ": contradicts " +
                                           shown_key(found.shown_key) + " (" + found.value.origin +
                                           "); right would be one of the two");
            }
            return true;
        });
        found_[result_.address] = {key, {pool_.options.endpoints.front(), where}};
    }

    // A variable's name has lost dots and case, so it can only mean a key that is known already.
    void apply_override(const std::string& upper, FoundSetting found) {
        std::vector<std::string> meant;
        std::vector<std::string> variables;
        for (const auto& key : known_keys()) {
            variables.push_back(variable_of(full_key(key)));
            if (upper_name(key) == upper) {
                meant.push_back(key);
            }
        }
        if (meant.empty() && declared_.empty()) {
            std::transform(
                upper.begin(), upper.end(), std::back_inserter(meant.emplace_back()), [](char c) {
                    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                });
        }
        if (meant.size() == 1) {
            found.shown_key = full_key(meant.front());
            found_.insert_or_assign(meant.front(), std::move(found));
            return;
        }
        const auto variable = variable_of(full_key(upper));
        result_.problems.push_back(
            found.value.origin + ": " +
            (meant.empty() ? "fits no setting of the plugin " + pool_.plugin +
                                 guess_text(variable, variables, "; it has " + known_text())
                           : "could mean " + one_of(meant) + "; set it in a file instead"));
    }

    [[nodiscard]] std::vector<std::string> known_keys() const {
        std::vector<std::string> keys;
        for (const auto& setting : declared_) {
            if (!setting.name.ends_with('*')) {
                keys.push_back(setting.name);
            }
        }
        for (const auto& [key, found] : pool_.settings) {
            if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
                keys.push_back(key);
            }
        }
        return keys;
    }

    [[nodiscard]] std::vector<std::string> declared_names() const {
        std::vector<std::string> names;
        for (const auto& setting : declared_) {
            names.push_back(setting.name);
        }
        return names;
    }

    [[nodiscard]] std::string known_text() const {
        auto names = declared_names();
        return names.empty() ? "no settings" : one_of(names);
    }

    void check(const std::string& key, FoundSetting& found) {
        const auto* const setting = declared(key);
        if (setting == nullptr) {
            if (declared_.empty()) {
                result_.values.emplace(key, found.value);
            } else {
                report_unknown(key, found);
            }
            return;
        }
        found.value.is_hidden = found.value.is_hidden || setting->type == SettingType::kSecret;
        if (setting->type != SettingType::kSecret) {
            found.value.text = without_blanks(found.value.text);
        }
        if (setting->required && found.value.text.empty()) {
            result_.problems.push_back(
                value_problem(found, "must not be empty: " + setting->meaning));
        } else if (!is_allowed(*setting, found.value.text)) {
            result_.problems.push_back(value_problem(found, "must be " + allowed_text(*setting)));
        } else {
            result_.values.emplace(key, found.value);
        }
    }

    // The value is left out: an unknown key may be a misspelt password.
    void report_unknown(const std::string& key, const FoundSetting& found) {
        const auto shown = shown_key(found.shown_key);
        const auto prefix =
            shown.substr(0, shown.size() - std::min(shown.size(), shown_key(key).size()));
        const auto guess = nearest(key, declared_names());
        result_.problems.push_back(found.value.origin + ": " + shown + ": unknown key" +
                                   (guess.empty()
                                        ? "; the plugin " + pool_.plugin + " knows " + known_text()
                                        : "; did you mean " + prefix + guess + "?"));
    }

    void add_default(const Setting& setting) {
        if (setting.name.ends_with('*') || found_.contains(setting.name)) {
            return;
        }
        const auto origin = "default of the plugin " + pool_.plugin;
        if (setting.default_value) {
            if (!is_allowed(setting, *setting.default_value)) {
                result_.problems.push_back(
                    origin + ": " + setting.name + ": its own default is not allowed; it must be " +
                    allowed_text(setting) + ". This is the plugin's mistake");
                return;
            }
            result_.values.emplace(
                setting.name,
                ConfigValue{*setting.default_value, origin, setting.type == SettingType::kSecret});
        } else if (setting.required) {
            result_.problems.push_back(pool_.origin + ": " + full_key(setting.name) +
                                       ": is missing, and the plugin " + pool_.plugin +
                                       " needs it: " + setting.meaning + pool_.remedy);
        }
    }

    const PoolConfig& pool_;
    const Settings& declared_;
    std::map<std::string, FoundSetting> found_;
    CheckedSettings result_;
};

}  // namespace

CheckedSettings check_settings(const PoolConfig& pool, const Settings& declared) {
    return SettingsCheck{pool, declared}.run();
}

}  // namespace cistern
