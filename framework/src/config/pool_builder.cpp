#include "pool_builder.hpp"

#include "message_text.hpp"

#include <base/nearest.hpp>

#include <algorithm>

namespace cistern {
namespace {

std::string trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f";
    const auto begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return std::string{text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1)};
}

}  // namespace

std::string value_problem(const FoundSetting& found, const std::string& why) {
    return found.value.origin + ": " + shown_key(found.shown_key) +
           (found.value.is_hidden ? "" : " = " + in_quotes(found.value.text)) + ": " + why;
}

bool is_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
    });
}

PoolBuilder::PoolBuilder(std::string name, const FoundSetting& plugin, Problems& problems)
    : problems_{problems} {
    pool_.name = std::move(name);
    pool_.plugin = plugin.value.text;
    pool_.origin = plugin.value.origin;
}

void PoolBuilder::add(const std::string& key, FoundSetting found) {
    const auto prefix = pool_.plugin + ".";
    if (add_option(key, found)) {
        return;
    }
    if (key.starts_with(prefix) && key.size() > prefix.size()) {
        add_setting(key.substr(prefix.size()), std::move(found));
        return;
    }
    report_unknown(key, found);
}

void PoolBuilder::add_setting(const std::string& setting, FoundSetting found) {
    pool_.settings.insert_or_assign(setting, std::move(found));
}

void PoolBuilder::add_default(const std::string& setting, FoundSetting found) {
    found.is_default = true;
    pool_.settings.emplace(setting, std::move(found));
}

void PoolBuilder::add_override(const std::string& upper_setting, FoundSetting found) {
    pool_.overrides.emplace(upper_setting, std::move(found));
}

bool PoolBuilder::add_option(const std::string& key, const FoundSetting& found) {
    const auto option =
        std::find_if(table_.begin(), table_.end(), [&](const auto& o) { return o.name == key; });
    if (option == table_.end()) {
        return false;
    }
    given_.insert_or_assign(key, found);
    if (!option->store(pool_.options, trimmed(found.value.text))) {
        refused_.insert(key);
        problems_.push_back(value_problem(found, "must be " + option->allowed));
    }
    return true;
}

// The value is left out: an unknown key may be a misspelt password.
void PoolBuilder::report_unknown(const std::string& key, const FoundSetting& found) {
    const auto pool_prefix = "pool." + pool_.name + ".";
    std::vector<std::string> candidates{"plugin"};
    for (const auto& option : table_) {
        candidates.push_back(option.name);
    }
    const auto dot = key.find('.');
    if (dot != std::string::npos) {
        candidates.push_back(pool_.plugin + key.substr(dot));
    }
    const auto guess = nearest(key, candidates);
    std::string hint;
    if (!guess.empty()) {
        hint = "; did you mean " + pool_prefix + shown_key(guess) + "?";
    } else if (dot != std::string::npos) {
        hint = "; pool " + pool_.name + " is served by the plugin " + pool_.plugin +
               ", whose settings are " + pool_prefix + pool_.plugin + ".<setting>";
    } else {
        hint = "; a pool has " + one_of(pool_option_names()) + ", and what its plugin knows as " +
               pool_prefix + pool_.plugin + ".<setting>";
    }
    problems_.push_back(found.value.origin + ": " + shown_key(found.shown_key) + ": unknown key" +
                        hint);
}

PoolConfig PoolBuilder::finish(const OptionRules& rules) {
    for (const auto& [key, found] : given_) {
        pool_.option_origins.emplace(key, found.value.origin);
    }
    if (!rules) {
        return std::move(pool_);
    }
    for (const auto& [key, message] : rules(pool_.options)) {
        // A relation with a value that was refused anyway says nothing: its default stands there.
        const bool is_moot =
            std::any_of(refused_.begin(), refused_.end(), [&](const auto& refused) {
                return key == refused || message.find(refused) != std::string::npos;
            });
        if (is_moot) {
            continue;
        }
        const auto given = given_.find(key);
        if (given != given_.end()) {
            problems_.push_back(value_problem(given->second, message));
        } else {
            problems_.push_back(pool_.origin + ": pool." + pool_.name + "." + key + ": " + message);
        }
    }
    return std::move(pool_);
}

}  // namespace cistern
