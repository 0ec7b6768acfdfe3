#include "sql/decimal_text.hpp"

#include "sql/text.hpp"

#include <charconv>
#include <cstddef>

namespace sandbox {
namespace {

// Beyond this an exponent only makes the number of zeros unreasonable.
constexpr int kMaxExponent = 1000;

struct Digits {
    bool negative = false;
    std::string digits;  // without leading zeros
    int point = 0;       // the decimal point stands behind this many digits; may lie outside
};

bool parse_exponent(std::string_view text, int& exponent) {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    return error == std::errc{} && end == text.data() + text.size() && exponent <= kMaxExponent &&
           exponent >= -kMaxExponent;
}

std::optional<Digits> parse(std::string_view text) {
    text = trim(text);
    Digits out;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        out.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int exponent = 0;
    if (const auto e = text.find_first_of("eE"); e != std::string_view::npos) {
        if (!parse_exponent(text.substr(e + 1), exponent)) {
            return std::nullopt;
        }
        text = text.substr(0, e);
    }
    const auto point = text.find('.');
    std::string all{text.substr(0, point)};
    out.point = static_cast<int>(all.size()) + exponent;
    if (point != std::string_view::npos) {
        all += text.substr(point + 1);
    }
    if (all.empty() || all.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    const auto first = all.find_first_not_of('0');
    if (first == std::string::npos) {
        return Digits{};
    }
    out.point -= static_cast<int>(first);
    out.digits = all.substr(first);
    return out;
}

// Cuts behind `keep` digits and carries.
void round_to(Digits& d, int keep) {
    if (keep < 0) {
        d = Digits{};
        return;
    }
    const auto size = static_cast<std::size_t>(keep);
    if (size >= d.digits.size()) {
        return;
    }
    const bool up = d.digits[size] >= '5';
    d.digits.resize(size);
    if (!up) {
        return;
    }
    std::size_t i = size;
    while (i > 0 && d.digits[i - 1] == '9') {
        d.digits[--i] = '0';
    }
    if (i > 0) {
        ++d.digits[i - 1];
    } else {
        d.digits.insert(d.digits.begin(), '1');
        ++d.point;
    }
}

}  // namespace

std::optional<std::string> decimal_text(std::string_view text, int precision, int scale) {
    auto parsed = parse(text);
    if (!parsed) {
        return std::nullopt;
    }
    Digits& d = *parsed;
    round_to(d, d.point + scale);
    const bool zero = d.digits.find_first_not_of('0') == std::string::npos;
    if (zero) {
        d = Digits{};
    }
    if (d.point > precision - scale) {
        return std::nullopt;
    }
    // Digits before the point, then exactly `scale` behind it.
    std::string whole;
    std::string fraction;
    for (int i = 0; i < d.point; ++i) {
        const auto at = static_cast<std::size_t>(i);
        whole += at < d.digits.size() ? d.digits[at] : '0';
    }
    for (int i = d.point; i < d.point + scale; ++i) {
        const auto at = static_cast<std::size_t>(i);
        fraction += i >= 0 && at < d.digits.size() ? d.digits[at] : '0';
    }
    std::string out = d.negative ? "-" : "";
    out += whole.empty() ? "0" : whole;
    return scale == 0 ? out : out + '.' + fraction;
}

int significant_digits(std::string_view decimal) {
    int count = 0;
    bool leading = true;
    for (const char c : decimal) {
        leading = leading && (c < '1' || c > '9');
        count += is_digit(c) && !leading ? 1 : 0;
    }
    return count;
}

}  // namespace sandbox
