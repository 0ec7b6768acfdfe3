#include "text_cursor.hpp"

#include <cistern/hive/values.hpp>

#include <limits>

namespace hive {
namespace {

constexpr int kNanoDigits = 9;

// What follows the seconds: nothing, or a point and one to nine digits.
std::optional<std::uint32_t> take_fraction(TextCursor& cursor) noexcept {
    if (!cursor.take('.')) {
        return 0;
    }
    const auto digits = cursor.digits();
    if (digits.empty() || digits.size() > kNanoDigits) {
        return std::nullopt;
    }
    std::uint32_t nanos = 0;
    for (std::size_t i = 0; i < kNanoDigits; ++i) {
        nanos = nanos * 10 + (i < digits.size() ? static_cast<std::uint32_t>(digits[i] - '0') : 0U);
    }
    return nanos;
}

std::optional<Date> take_date(TextCursor& cursor) noexcept {
    const auto year = cursor.number(4, 4);
    const bool has_month = cursor.take('-');
    const auto month = cursor.number(2, 2);
    const bool has_day = cursor.take('-');
    const auto day = cursor.number(2, 2);
    if (!year || !has_month || !month || !has_day || !day || *year == 0) {
        return std::nullopt;
    }
    const Date date{std::chrono::year{static_cast<int>(*year)},
                    std::chrono::month{static_cast<unsigned>(*month)},
                    std::chrono::day{static_cast<unsigned>(*day)}};
    return date.ok() ? std::optional{date} : std::nullopt;
}

struct ClockTime {
    std::int64_t seconds;
    std::uint32_t nanos;
};

std::optional<ClockTime> take_clock(TextCursor& cursor) noexcept {
    const auto hours = cursor.number(2, 2);
    const bool has_minutes = cursor.take(':');
    const auto minutes = cursor.number(2, 2);
    const bool has_seconds = cursor.take(':');
    const auto seconds = cursor.number(2, 2);
    if (!hours || !has_minutes || !minutes || !has_seconds || !seconds || *hours > 23 ||
        *minutes > 59 || *seconds > 59) {
        return std::nullopt;
    }
    const auto nanos = take_fraction(cursor);
    if (!nanos) {
        return std::nullopt;
    }
    return ClockTime{(*hours * 60 + *minutes) * 60 + *seconds, *nanos};
}

std::optional<Timestamp> take_timestamp(TextCursor& cursor) noexcept {
    const auto date = take_date(cursor);
    if (!date || !cursor.take(' ')) {
        return std::nullopt;
    }
    const auto clock = take_clock(cursor);
    if (!clock) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::local_days{*date} + std::chrono::seconds{clock->seconds},
                     clock->nanos};
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text) noexcept {
    TextCursor cursor{text};
    const bool is_negative = cursor.take('-');
    const auto whole = cursor.digits();
    const bool has_point = cursor.take('.');
    const auto fraction = has_point ? cursor.digits() : std::string_view{};
    if (!cursor.at_end() || whole.empty() || (has_point && fraction.empty()) ||
        fraction.size() > Decimal::kMaxDigits) {
        return std::nullopt;
    }
    Decimal value{0, static_cast<std::int32_t>(fraction.size())};
    int significant = 0;
    for (const auto part : {whole, fraction}) {
        for (const char c : part) {
            significant += significant > 0 || c != '0' ? 1 : 0;
            if (significant > Decimal::kMaxDigits) {
                return std::nullopt;
            }
            value.unscaled = value.unscaled * 10 + (c - '0');
        }
    }
    value.unscaled = is_negative ? -value.unscaled : value.unscaled;
    return value;
}

std::optional<Date> parse_date(std::string_view text) noexcept {
    TextCursor cursor{text};
    const auto date = take_date(cursor);
    return cursor.at_end() ? date : std::nullopt;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
    TextCursor cursor{text};
    const auto timestamp = take_timestamp(cursor);
    return cursor.at_end() ? timestamp : std::nullopt;
}

std::optional<ZonedTimestamp> parse_zoned_timestamp(std::string_view text) {
    TextCursor cursor{text};
    const auto local = take_timestamp(cursor);
    if (!local || !cursor.take(' ') || cursor.at_end() ||
        cursor.rest().find(' ') != std::string_view::npos) {
        return std::nullopt;
    }
    return ZonedTimestamp{*local, std::string{cursor.rest()}};
}

std::optional<IntervalYearMonth> parse_interval_year_month(std::string_view text) noexcept {
    TextCursor cursor{text};
    const bool is_negative = cursor.take('-');
    const auto years = cursor.number(1, 9);
    const bool has_months = cursor.take('-');
    const auto months = cursor.number(1, 2);
    if (!years || !has_months || !months || !cursor.at_end() || *months > 11) {
        return std::nullopt;
    }
    const std::int64_t total = (is_negative ? -1 : 1) * (*years * 12 + *months);
    if (total < std::numeric_limits<std::int32_t>::min() ||
        total > std::numeric_limits<std::int32_t>::max()) {
        return std::nullopt;
    }
    return IntervalYearMonth{static_cast<std::int32_t>(total)};
}

std::optional<IntervalDayTime> parse_interval_day_time(std::string_view text) noexcept {
    constexpr std::int64_t kSecondsOfDay = 86'400;
    TextCursor cursor{text};
    const int sign = cursor.take('-') ? -1 : 1;
    const auto days = cursor.number(1, 13);
    if (!days || !cursor.take(' ')) {
        return std::nullopt;
    }
    const auto clock = take_clock(cursor);
    if (!clock || !cursor.at_end()) {
        return std::nullopt;
    }
    return IntervalDayTime{sign * (*days * kSecondsOfDay + clock->seconds),
                           sign * static_cast<std::int32_t>(clock->nanos)};
}

}  // namespace hive
