#include "number_text.hpp"

#include <cmath>

namespace hive_query {
namespace {

// "1e+10" as "1.0E10", "1.5e-07" as "1.5E-7".
void append_scientific(std::string& out, std::string_view text) {
    const auto exponent_at = text.find('e');
    const std::string_view digits = text.substr(0, exponent_at);
    std::string_view exponent = text.substr(exponent_at + 1);
    const bool is_negative = exponent.front() == '-';
    exponent.remove_prefix(1);
    while (exponent.size() > 1 && exponent.front() == '0') {
        exponent.remove_prefix(1);
    }
    out += digits;
    if (digits.find('.') == std::string_view::npos) {
        out += ".0";
    }
    out += is_negative ? "E-" : "E";
    out += exponent;
}

template <class Number>
void append_floating(std::string& out, Number value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value < 0 ? "-Infinity" : "Infinity";
        return;
    }
    constexpr Number kPlainFrom = static_cast<Number>(1e-3);
    constexpr Number kPlainBelow = static_cast<Number>(1e7);
    const Number size = std::fabs(value);
    const bool is_plain = size == 0 || (size >= kPlainFrom && size < kPlainBelow);
    char text[64];
    const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
    const char* const end = std::to_chars(text, text + sizeof text, value, format).ptr;
    const std::string_view shortest{text, static_cast<std::size_t>(end - text)};
    if (!is_plain) {
        append_scientific(out, shortest);
        return;
    }
    out += shortest;
    if (shortest.find('.') == std::string_view::npos) {
        out += ".0";
    }
}

[[nodiscard]] std::size_t digits_at(std::string_view text, std::size_t at) noexcept {
    std::size_t count = 0;
    while (at + count < text.size() && text[at + count] >= '0' && text[at + count] <= '9') {
        ++count;
    }
    return count;
}

}  // namespace

void append_double(std::string& out, double value) {
    append_floating(out, value);
}

void append_float(std::string& out, float value) {
    append_floating(out, value);
}

bool is_json_number(std::string_view text) noexcept {
    std::size_t at = !text.empty() && text.front() == '-' ? 1 : 0;
    const std::size_t whole = digits_at(text, at);
    if (whole == 0 || (whole > 1 && text[at] == '0')) {
        return false;
    }
    at += whole;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction = digits_at(text, at + 1);
        if (fraction == 0) {
            return false;
        }
        at += 1 + fraction;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1 : 0;
        const std::size_t exponent = digits_at(text, at);
        if (exponent == 0) {
            return false;
        }
        at += exponent;
    }
    return at == text.size();
}

}  // namespace hive_query
