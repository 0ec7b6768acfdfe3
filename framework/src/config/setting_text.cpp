#include "setting_text.hpp"

#include "duration_text.hpp"
#include "message_text.hpp"
#include "number_text.hpp"
#include "size_text.hpp"

#include <algorithm>

namespace cistern {
namespace {

std::optional<std::int64_t> as_number(SettingType type, std::string_view text) {
    switch (type) {
        case SettingType::kInteger:
            return parse_integer(text);
        case SettingType::kSize:
            return parse_size(text);
        case SettingType::kDuration:
            if (const auto duration = parse_duration(text)) {
                return duration->count();
            }
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::string number_text(SettingType type, std::int64_t number) {
    if (number >= 0 && type == SettingType::kDuration) {
        return exact_duration_text(std::chrono::nanoseconds{number});
    }
    if (number >= 0 && type == SettingType::kSize) {
        return size_text(number);
    }
    return std::to_string(number);
}

std::string range_text(const Setting& setting) {
    const auto minimum =
        setting.minimum ? number_text(setting.type, *setting.minimum) : std::string{};
    const auto maximum =
        setting.maximum ? number_text(setting.type, *setting.maximum) : std::string{};
    if (!minimum.empty() && !maximum.empty()) {
        return ", from " + minimum + " to " + maximum;
    }
    if (!minimum.empty()) {
        return ", at least " + minimum;
    }
    return maximum.empty() ? std::string{} : ", at most " + maximum;
}

bool is_in_range(const Setting& setting, std::string_view text) {
    const auto number = as_number(setting.type, text);
    return number && (!setting.minimum || *number >= *setting.minimum) &&
           (!setting.maximum || *number <= *setting.maximum);
}

bool is_endpoint(std::string_view text) {
    try {
        return !parse_endpoint(text).host.empty();
    } catch (const ConfigError&) {
        return false;
    }
}

}  // namespace

std::string type_text(SettingType type) {
    switch (type) {
        case SettingType::kText:
        case SettingType::kSecret:
            return "text";
        case SettingType::kInteger:
            return "a whole number";
        case SettingType::kFlag:
            return "true or false";
        case SettingType::kDuration:
            return "a whole number directly followed by its unit, " +
                   std::string{duration_units()} + ", as in 250ms";
        case SettingType::kSize:
            return "a number of bytes, as in 4096, 64KiB, 16MiB or 1GiB";
        case SettingType::kEndpoint:
            return "host:port or [v6-address]:port";
        case SettingType::kChoice:
            return "one of its choices";
    }
    return "text";
}

std::string short_type_text(SettingType type) {
    switch (type) {
        case SettingType::kText:
            return "text";
        case SettingType::kInteger:
            return "whole number";
        case SettingType::kFlag:
            return "true or false";
        case SettingType::kDuration:
            return "duration";
        case SettingType::kSize:
            return "size";
        case SettingType::kEndpoint:
            return "host:port";
        case SettingType::kChoice:
            return "choice";
        case SettingType::kSecret:
            return "secret text";
    }
    return "text";
}

std::string allowed_text(const Setting& setting) {
    return setting.type == SettingType::kChoice ? one_of(setting.choices)
                                                : type_text(setting.type) + range_text(setting);
}

std::string short_allowed_text(const Setting& setting) {
    return setting.type == SettingType::kChoice
               ? one_of(setting.choices)
               : short_type_text(setting.type) + range_text(setting);
}

bool is_allowed(const Setting& setting, std::string_view text) {
    switch (setting.type) {
        case SettingType::kText:
        case SettingType::kSecret:
            return true;
        case SettingType::kFlag:
            return parse_flag(text).has_value();
        case SettingType::kEndpoint:
            return is_endpoint(text);
        case SettingType::kChoice:
            return std::find(setting.choices.begin(), setting.choices.end(), text) !=
                   setting.choices.end();
        case SettingType::kInteger:
        case SettingType::kDuration:
        case SettingType::kSize:
            return is_in_range(setting, text);
    }
    return false;
}

bool is_key_of(const Setting& setting, std::string_view key) {
    const std::string_view name{setting.name};
    if (name.ends_with('*')) {
        const auto prefix = name.substr(0, name.size() - 1);
        return key.starts_with(prefix) && key.size() > prefix.size();
    }
    return key == name;
}

}  // namespace cistern
