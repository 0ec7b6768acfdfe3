#pragma once

#include <cistern/connector_config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace cistern {

// "a whole number", "true or false", ...: what a value of `type` must be.
[[nodiscard]] std::string type_text(SettingType type);

// The same in a word or two, for tables.
[[nodiscard]] std::string short_type_text(SettingType type);

// What `setting` allows: its type, narrowed by its range or choices.
[[nodiscard]] std::string allowed_text(const Setting& setting);
[[nodiscard]] std::string short_allowed_text(const Setting& setting);

// True when `text` is what `setting` allows.
[[nodiscard]] bool is_allowed(const Setting& setting, std::string_view text);

// True when `key` is the setting's name, or one of the many that a name with "*" stands for.
[[nodiscard]] bool is_key_of(const Setting& setting, std::string_view key);

}  // namespace cistern
