#include "number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace cistern {
namespace {

template <class Number>
std::optional<Number> parse_all(std::string_view text) {
    Number number{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc{} || stopped != end) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_all<std::int64_t>(text);
}

std::optional<double> parse_decimal(std::string_view text) {
    const auto number = parse_all<double>(text);
    return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<bool> parse_flag(std::string_view text) {
    if (text == "true") {
        return true;
    }
    if (text == "false") {
        return false;
    }
    return std::nullopt;
}

std::string decimal_text(double number) {
    std::array<char, 32> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

}  // namespace cistern
