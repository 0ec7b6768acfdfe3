#include "nested_reading.hpp"

#include <cistern/hive/nested.hpp>

#include <optional>
#include <utility>

namespace hive {
namespace {

Unread unread(std::string_view text, std::string reason, std::size_t position) {
    return {std::string{text}, std::move(reason), position};
}

// A reading, or why there is none.
struct Attempt {
    std::optional<Value> value;
    NotRead problem{};
};

Attempt read_once(std::string_view text,
                  const NestedOptions& options,
                  Strings strings,
                  QuoteChoices& choices) {
    NestedReading reading{text, options, strings, choices};
    Attempt attempt;
    try {
        attempt.value = reading.run();
    } catch (NotRead& problem) {
        attempt.problem = std::move(problem);
    }
    choices.count_work(reading.at() + 1);
    return attempt;
}

Nested read_deterministic(std::string_view text, const NestedOptions& options, Strings strings) {
    QuoteChoices none{text, 0};
    auto attempt = read_once(text, options, strings, none);
    if (attempt.value) {
        return std::move(*attempt.value);
    }
    return unread(text, std::move(attempt.problem.reason), attempt.problem.position);
}

// Tries every way in which the quotation marks may end strings, and takes a value only if exactly
// one of them reads the whole text.
Nested read_unescaped(std::string_view text, const NestedOptions& options) {
    constexpr std::size_t kWorkForEachByte = 32;
    constexpr std::size_t kLeastWork = 65'536;
    QuoteChoices choices{text, kLeastWork + kWorkForEachByte * text.size()};
    std::optional<Value> found;
    std::optional<NotRead> problem;
    do {
        choices.rewind();
        auto attempt = read_once(text, options, Strings::kUnescaped, choices);
        if (attempt.value && found) {
            return unread(text,
                          "can be read in more than one way, as strings are not escaped: the one "
                          "that begins here may end at several quotation marks",
                          choices.changed_at());
        }
        if (attempt.value) {
            found = std::move(attempt.value);
        } else if (!problem || attempt.problem.is_limit) {
            problem = std::move(attempt.problem);
        }
        if (problem && problem->is_limit) {
            return unread(text, std::move(problem->reason), problem->position);
        }
    } while (choices.next_reading());
    if (choices.is_exhausted()) {
        return unread(text, "has too many quotation marks to try all the ways to read it", 0);
    }
    if (found) {
        return std::move(*found);
    }
    return unread(text, std::move(problem->reason), problem->position);
}

Nested read_as_spark(std::string_view text, const NestedOptions& options) {
    return options.no_quotes_in_strings ? read_deterministic(text, options, Strings::kNoQuotes)
                                        : read_unescaped(text, options);
}

Nested read_as_both(std::string_view text, const NestedOptions& options) {
    auto hive = read_deterministic(text, options, Strings::kEscaped);
    if (std::holds_alternative<Unread>(hive)) {
        return hive;
    }
    auto spark = read_as_spark(text, options);
    if (std::holds_alternative<Unread>(spark) || spark == hive) {
        return spark;
    }
    return unread(text, "means one value if Apache Hive wrote it and another if Spark did", 0);
}

}  // namespace

Writer writer_of(std::string_view server_name) noexcept {
    return server_name == "Apache Hive" ? Writer::kHive
           : server_name == "Spark SQL" ? Writer::kSpark
                                        : Writer::kUnknown;
}

Nested parse_nested(std::string_view text, const NestedOptions& options) {
    if (text.size() > options.max_bytes) {
        return unread(text, "is longer than " + std::to_string(options.max_bytes) + " bytes", 0);
    }
    switch (options.writer) {
        case Writer::kHive:
            return read_deterministic(text, options, Strings::kEscaped);
        case Writer::kSpark:
            return read_as_spark(text, options);
        case Writer::kUnknown:
            break;
    }
    return read_as_both(text, options);
}

}  // namespace hive
