#pragma once

// The kinds of values that an option of a pool may have: each makes the row of one option.

#include "message_text.hpp"
#include "schema.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cistern {

// Where the value lies. A function, so that a table of them needs no object.
template <class Value>
using Place = Value& (*)(PoolOptions&);

struct Words {
    std::string name;
    std::string meaning;
    std::string zero{};
};

template <class Value>
[[nodiscard]] Value default_of(Place<Value> place) {
    PoolOptions defaults;
    return place(defaults);
}

// A row that only has to learn how to read its value.
[[nodiscard]] PoolOption made_of(Words words, std::string type, std::string default_text);

// From `minimum` to `maximum`, both allowed.
[[nodiscard]] PoolOption count(Words words,
                               Place<std::uint32_t> place,
                               std::uint32_t minimum,
                               std::uint32_t maximum);
[[nodiscard]] PoolOption duration(Words words,
                                  Place<std::chrono::nanoseconds> place,
                                  std::chrono::nanoseconds minimum,
                                  std::chrono::nanoseconds maximum);
[[nodiscard]] PoolOption decimal(Words words, Place<double> place, double minimum, double maximum);

[[nodiscard]] PoolOption flag(Words words, Place<bool> place);
// Of something that the program knows by it; empty for `none`.
[[nodiscard]] PoolOption name(Words words, Place<std::string> place);
// Empty for `none`.
[[nodiscard]] PoolOption endpoint_list(Words words, Place<std::vector<std::string>> place);

template <class Choice>
[[nodiscard]] PoolOption choice(Words words,
                                Place<Choice> place,
                                std::vector<std::pair<std::string, Choice>> choices) {
    std::vector<std::string> names;
    std::string default_name;
    for (const auto& [name, value] : choices) {
        names.push_back(name);
        if (value == default_of(place)) {
            default_name = name;
        }
    }
    auto option = made_of(std::move(words), "choice", default_name);
    option.range = one_of(names);
    option.allowed = option.range;
    option.store = [place, choices = std::move(choices)](PoolOptions& options,
                                                         std::string_view text) {
        for (const auto& [name, value] : choices) {
            if (name == text) {
                place(options) = value;
                return true;
            }
        }
        return false;
    };
    return option;
}

}  // namespace cistern
