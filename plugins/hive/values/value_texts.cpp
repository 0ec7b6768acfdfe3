#include <cistern/hive/values.hpp>

#include <algorithm>

namespace hive {
namespace {

void append_padded(std::string& out, std::int64_t number, std::size_t width) {
    const auto digits = std::to_string(number);
    out.append(width > digits.size() ? width - digits.size() : 0, '0');
    out += digits;
}

void append_clock(std::string& out, std::int64_t seconds) {
    append_padded(out, seconds / 3600, 2);
    out += ':';
    append_padded(out, seconds / 60 % 60, 2);
    out += ':';
    append_padded(out, seconds % 60, 2);
}

}  // namespace

std::string to_text(const Decimal& value) {
    std::string digits;
    const bool is_negative = value.unscaled < 0;
    for (auto rest = value.unscaled; rest != 0; rest /= 10) {
        const auto digit = static_cast<int>(rest % 10);
        digits += static_cast<char>('0' + (is_negative ? -digit : digit));
    }
    const auto scale = static_cast<std::size_t>(value.scale);
    digits.append(digits.size() > scale ? 0 : scale + 1 - digits.size(), '0');
    std::reverse(digits.begin(), digits.end());
    if (scale > 0) {
        digits.insert(digits.size() - scale, 1, '.');
    }
    return (is_negative ? "-" : "") + digits;
}

std::string to_text(const Date& value) {
    std::string out;
    append_padded(out, int{value.year()}, 4);
    out += '-';
    append_padded(out, unsigned{value.month()}, 2);
    out += '-';
    append_padded(out, unsigned{value.day()}, 2);
    return out;
}

std::string to_text(const Timestamp& value) {
    const auto day = std::chrono::floor<std::chrono::days>(value.seconds);
    std::string out = to_text(Date{day}) + ' ';
    append_clock(out, (value.seconds - day).count());
    if (value.nanos != 0) {
        out += '.';
        append_padded(out, value.nanos, 9);
        out.erase(out.find_last_not_of('0') + 1);
    }
    return out;
}

std::string to_text(const ZonedTimestamp& value) {
    return to_text(value.local) + (value.local.nanos == 0 ? ".0 " : " ") + value.zone;
}

std::string to_text(const IntervalYearMonth& value) {
    const std::int64_t months = value.months;
    const auto all = months < 0 ? -months : months;
    return (months < 0 ? "-" : "") + std::to_string(all / 12) + '-' + std::to_string(all % 12);
}

std::string to_text(const IntervalDayTime& value) {
    constexpr std::int64_t kSecondsOfDay = 86'400;
    const bool is_negative = value.seconds < 0 || value.nanos < 0;
    const auto seconds = is_negative ? -value.seconds : value.seconds;
    std::string out = (is_negative ? "-" : "") + std::to_string(seconds / kSecondsOfDay) + ' ';
    append_clock(out, seconds % kSecondsOfDay);
    out += '.';
    append_padded(out, is_negative ? -value.nanos : value.nanos, 9);
    return out;
}

}  // namespace hive
