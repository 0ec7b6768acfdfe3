#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// How an option takes its value.
enum class OptionShape {
    kValue,          // "--opt value" and "--opt=value"
    kFlag,           // "--opt", "--opt=false", "--opt false"
    kOptionalValue,  // -p
};

// The shape of one of our options, written as on the command line without "=value"; none: unknown.
[[nodiscard]] std::optional<OptionShape> shape_of(std::string_view name);

// An option of beeline that changes nothing here but is accepted, so that scripts keep working.
[[nodiscard]] std::optional<OptionShape> harmless_beeline_option(std::string_view name);

// One sentence on `name`, which is no option of ours: what to use instead, or the nearest name.
[[nodiscard]] std::string advice_on_unknown(std::string_view name);

}  // namespace hive_query
