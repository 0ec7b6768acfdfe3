#pragma once

#include <cistern/export.hpp>
#include <cistern/secret.hpp>
#include <cistern/stream.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cistern {

enum class SettingType {
    kText,      // anything, spaces around it removed
    kInteger,   // decimal, within minimum and maximum
    kFlag,      // true or false
    kDuration,  // a number with its unit: 250ms, 30s, 10min, 1h
    kSize,      // bytes, with an optional unit: 64KiB, 16MiB
    kEndpoint,  // host:port or [v6]:port
    kChoice,    // one of `choices`
    kSecret,    // text that is never shown
};

// One setting that a connector understands: enough to check it, to document it and to name it when
// somebody misspells it.
struct Setting {
    std::string name;  // "timeout"; "conf.*" stands for every key that starts with "conf."
    SettingType type = SettingType::kText;
    std::optional<std::string> default_value{};  // none: the connector does without, or `required`
    std::string meaning{};                       // one sentence
    bool required = false;                       // must be given, here or in the plugin's defaults
    std::optional<std::int64_t> minimum{};       // kInteger, kSize: the number; kDuration: ns
    std::optional<std::int64_t> maximum{};
    std::vector<std::string> choices{};  // kChoice only
    // It says where the server is in another way than a kEndpoint, so a pool that has a list of
    // endpoints cannot have it as well.
    bool names_server = false;
};

using Settings = std::vector<Setting>;

// One value as it was found, and where.
struct ConfigValue {
    std::string text;
    std::string origin;      // "conf/cistern.properties:12", "environment CISTERN_POOL_A_HIVE_URL"
    bool is_hidden = false;  // a secret, or filled in from a reference: no message shows the text
    // As it stood, and the folder its paths count from, when it refers to a file: what is in that
    // may change while the pool runs.
    std::string reference{};
    std::string folder{};
};

// A pool's settings for its connector: the plugin's defaults, what the properties file says over
// them, and what the environment says over both. Where the connector declares its Settings, all of
// it has been checked before the first connect.
//
// Thread safety:  const members may be called by any number of tasks at once.
// Ownership:      a value; independent of the files it came from.
// Errors:         ConfigError that names the key, its origin and what would be right.
class CISTERN_API ConnectorConfig {
public:
    ConnectorConfig() = default;
    ConnectorConfig(std::string pool, std::map<std::string, ConfigValue> values);

    // The same settings, save that `key` has this value.
    [[nodiscard]] ConnectorConfig with(const std::string& key, ConfigValue value) const;

    // The pool these settings belong to.
    [[nodiscard]] const std::string& pool() const noexcept { return pool_; }
    [[nodiscard]] bool has(const std::string& key) const noexcept;

    // The getters without a fallback throw when the key is absent; all throw when it cannot be read
    // as what was asked for.
    [[nodiscard]] std::string text(const std::string& key) const;
    [[nodiscard]] std::string text(const std::string& key, std::string_view fallback) const;
    [[nodiscard]] std::int64_t integer(const std::string& key) const;
    [[nodiscard]] std::int64_t integer(const std::string& key, std::int64_t fallback) const;
    [[nodiscard]] bool flag(const std::string& key, bool fallback) const;
    [[nodiscard]] std::chrono::nanoseconds duration(const std::string& key) const;
    [[nodiscard]] std::chrono::nanoseconds duration(const std::string& key,
                                                    std::chrono::nanoseconds fallback) const;
    [[nodiscard]] std::uint64_t size(const std::string& key, std::uint64_t fallback) const;
    [[nodiscard]] Endpoint endpoint(const std::string& key) const;
    // Empty when absent.
    [[nodiscard]] Secret secret(const std::string& key) const;
    // The same settings with `values` over them.
    [[nodiscard]] ConnectorConfig with(std::map<std::string, ConfigValue> values) const;
    // Those that refer to a file, by key.
    [[nodiscard]] std::map<std::string, ConfigValue> from_files() const;
    // Every key that starts with `prefix`, without it, and its text.
    [[nodiscard]] std::map<std::string, std::string> with_prefix(const std::string& prefix) const;

private:
    [[nodiscard]] const ConfigValue& find(const std::string& key) const;

    std::string pool_;
    std::map<std::string, ConfigValue> values_;
};

}  // namespace cistern
