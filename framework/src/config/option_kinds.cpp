#include "option_kinds.hpp"

#include "duration_text.hpp"
#include "list_text.hpp"
#include "number_text.hpp"

#include <cistern/error.hpp>
#include <cistern/stream.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace cistern {
namespace {

constexpr std::string_view kNoName = "none";

// Where none are given, the plugin's settings say where to connect to.
std::optional<std::vector<std::string>> parse_endpoints(std::string_view text) {
    std::vector<std::string> endpoints;
    if (text == kNoName) {
        return endpoints;
    }
    try {
        for (const auto& item : split_list(text, ',')) {
            endpoints.push_back(to_string(parse_endpoint(item)));
        }
    } catch (const ConfigError&) {
        return std::nullopt;
    }
    const std::set<std::string> distinct{endpoints.begin(), endpoints.end()};
    if (distinct.size() < endpoints.size() || endpoints.size() > kMostEndpoints) {
        return std::nullopt;
    }
    return endpoints;
}

}  // namespace

PoolOption made_of(Words words, std::string type, std::string default_text) {
    PoolOption option;
    option.name = std::move(words.name);
    option.meaning = std::move(words.meaning);
    option.zero = std::move(words.zero);
    option.type = std::move(type);
    option.default_text = std::move(default_text);
    return option;
}

PoolOption count(Words words,
                 Place<std::uint32_t> place,
                 std::uint32_t minimum,
                 std::uint32_t maximum) {
    auto option = made_of(std::move(words), "whole number", std::to_string(default_of(place)));
    option.range = std::to_string(minimum) + " to " + std::to_string(maximum);
    option.allowed = "a whole number, from " + option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        const auto number = parse_integer(text);
        if (!number || *number < minimum || *number > maximum) {
            return false;
        }
        place(options) = static_cast<std::uint32_t>(*number);
        return true;
    };
    return option;
}

PoolOption duration(Words words,
                    Place<std::chrono::nanoseconds> place,
                    std::chrono::nanoseconds minimum,
                    std::chrono::nanoseconds maximum) {
    auto option = made_of(std::move(words), "duration", exact_duration_text(default_of(place)));
    option.range = exact_duration_text(minimum) + " to " + exact_duration_text(maximum);
    option.allowed = "a whole number directly followed by its unit (" +
                     std::string{duration_units()} + "), from " + option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        const auto length = parse_duration(text);
        if (!length || *length < minimum || *length > maximum) {
            return false;
        }
        place(options) = *length;
        return true;
    };
    return option;
}

PoolOption decimal(Words words, Place<double> place, double minimum, double maximum) {
    auto option = made_of(std::move(words), "decimal", decimal_text(default_of(place)));
    option.range = decimal_text(minimum) + " to " + decimal_text(maximum);
    option.allowed = "a number such as 0.25, from " + option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        const auto number = parse_decimal(text);
        if (!number || *number < minimum || *number > maximum) {
            return false;
        }
        place(options) = *number;
        return true;
    };
    return option;
}

PoolOption flag(Words words, Place<bool> place) {
    auto option = made_of(std::move(words), "flag", default_of(place) ? "true" : "false");
    option.range = "true or false";
    option.allowed = option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        const auto value = parse_flag(text);
        if (!value) {
            return false;
        }
        place(options) = *value;
        return true;
    };
    return option;
}

PoolOption name(Words words, Place<std::string> place) {
    auto option = made_of(std::move(words), "name", std::string{kNoName});
    option.range = "none, or letters, digits, _ and -, a letter first";
    option.allowed = option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        const auto is_letter = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        };
        const bool is_name =
            !text.empty() && is_letter(text.front()) &&
            std::all_of(text.begin(), text.end(), [&](char c) {
                return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
            });
        if (is_name) {
            place(options) = text == kNoName ? std::string{} : std::string{text};
        }
        return is_name;
    };
    return option;
}

PoolOption endpoint_list(Words words, Place<std::vector<std::string>> place) {
    auto option = made_of(std::move(words), "endpoints", std::string{kNoName});
    option.range = "none, or host:port and [v6-address]:port, separated by commas, each once, " +
                   std::to_string(kMostEndpoints) + " at most";
    option.allowed = option.range;
    option.store = [=](PoolOptions& options, std::string_view text) {
        auto endpoints = parse_endpoints(text);
        if (endpoints) {
            place(options) = std::move(*endpoints);
        }
        return endpoints.has_value();
    };
    return option;
}

}  // namespace cistern
