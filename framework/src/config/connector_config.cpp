#include "duration_text.hpp"
#include "message_text.hpp"
#include "number_text.hpp"
#include "setting_text.hpp"
#include "size_text.hpp"

#include <cistern/connector_config.hpp>

#include <utility>

namespace cistern {
namespace {

[[noreturn]] void refuse(const std::string& pool,
                         const std::string& key,
                         const ConfigValue& value,
                         const std::string& why) {
    throw ConfigError{value.origin + ": pool \"" + pool + "\": " + key +
                      (value.is_hidden ? "" : " = " + in_quotes(value.text)) + ": " + why};
}

template <class Parsed>
Parsed parsed_or_refused(const std::string& pool,
                         const std::string& key,
                         const ConfigValue& value,
                         const std::optional<Parsed>& parsed,
                         SettingType type) {
    if (!parsed) {
        refuse(pool, key, value, "must be " + type_text(type));
    }
    return *parsed;
}

}  // namespace

ConnectorConfig::ConnectorConfig(std::string pool, std::map<std::string, ConfigValue> values)
    : pool_{std::move(pool)}, values_{std::move(values)} {}

ConnectorConfig ConnectorConfig::with(const std::string& key, ConfigValue value) const {
    auto copy = *this;
    copy.values_.insert_or_assign(key, std::move(value));
    return copy;
}

bool ConnectorConfig::has(const std::string& key) const noexcept {
    return values_.find(key) != values_.end();
}

const ConfigValue& ConnectorConfig::find(const std::string& key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) {
        throw ConfigError{"pool \"" + pool_ + "\": the setting " + key +
                          " is missing; its connector cannot do without"};
    }
    return found->second;
}

std::string ConnectorConfig::text(const std::string& key) const {
    return find(key).text;
}

std::string ConnectorConfig::text(const std::string& key, std::string_view fallback) const {
    return has(key) ? find(key).text : std::string{fallback};
}

std::int64_t ConnectorConfig::integer(const std::string& key) const {
    const auto& value = find(key);
    return parsed_or_refused(pool_, key, value, parse_integer(value.text), SettingType::kInteger);
}

std::int64_t ConnectorConfig::integer(const std::string& key, std::int64_t fallback) const {
    return has(key) ? integer(key) : fallback;
}

bool ConnectorConfig::flag(const std::string& key, bool fallback) const {
    if (!has(key)) {
        return fallback;
    }
    const auto& value = find(key);
    return parsed_or_refused(pool_, key, value, parse_flag(value.text), SettingType::kFlag);
}

std::chrono::nanoseconds ConnectorConfig::duration(const std::string& key) const {
    const auto& value = find(key);
    return parsed_or_refused(pool_, key, value, parse_duration(value.text), SettingType::kDuration);
}

std::chrono::nanoseconds ConnectorConfig::duration(const std::string& key,
                                                   std::chrono::nanoseconds fallback) const {
    return has(key) ? duration(key) : fallback;
}

std::uint64_t ConnectorConfig::size(const std::string& key, std::uint64_t fallback) const {
    if (!has(key)) {
        return fallback;
    }
    const auto& value = find(key);
    return static_cast<std::uint64_t>(
        parsed_or_refused(pool_, key, value, parse_size(value.text), SettingType::kSize));
}

Endpoint ConnectorConfig::endpoint(const std::string& key) const {
    const auto& value = find(key);
    try {
        return parse_endpoint(value.text);
    } catch (const ConfigError& error) {
        refuse(pool_,
               key,
               value,
               value.is_hidden ? "must be " + type_text(SettingType::kEndpoint) : error.what());
    }
}

Secret ConnectorConfig::secret(const std::string& key) const {
    return has(key) ? Secret{find(key).text} : Secret{};
}

ConnectorConfig ConnectorConfig::with(std::map<std::string, ConfigValue> values) const {
    values.insert(values_.begin(), values_.end());  // which leaves what is there
    return {pool_, std::move(values)};
}

std::map<std::string, ConfigValue> ConnectorConfig::from_files() const {
    std::map<std::string, ConfigValue> found;
    for (const auto& [key, value] : values_) {
        if (!value.reference.empty()) {
            found.emplace(key, value);
        }
    }
    return found;
}

std::map<std::string, std::string> ConnectorConfig::with_prefix(const std::string& prefix) const {
    std::map<std::string, std::string> result;
    for (auto at = values_.lower_bound(prefix);
         at != values_.end() && at->first.starts_with(prefix);
         ++at) {
        result.emplace(at->first.substr(prefix.size()), at->second.text);
    }
    return result;
}

}  // namespace cistern
