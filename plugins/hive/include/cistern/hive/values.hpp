#pragma once

// The values of HiveServer2 that arrive as text, as numbers one can reckon with. Link
// cistern::hive_values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hive {

__extension__ typedef __int128 Int128;  // NOLINT: -Wpedantic allows it only so

// DECIMAL: unscaled / 10^scale, exactly. 1234.50 is 123450 with a scale of 2.
struct Decimal {
    static constexpr int kMaxDigits = 38;

    Int128 unscaled = 0;     // up to 38 digits
    std::int32_t scale = 0;  // digits behind the point, 0 to 38

    friend bool operator==(const Decimal&, const Decimal&) = default;
};

// DATE: a day of the proleptic Gregorian calendar, as Hive and Spark mean it; years 1 to 9999.
using Date = std::chrono::year_month_day;

// TIMESTAMP: what a clock on the wall shows, without a time zone. Which one it means is the
// session's business.
struct Timestamp {
    std::chrono::local_seconds seconds{};
    std::uint32_t nanos = 0;  // 0 to 999,999,999, to be added to the seconds also before 1970

    friend bool operator==(const Timestamp&, const Timestamp&) = default;
};

// TIMESTAMP WITH LOCAL TIME ZONE: the wall clock of the session's zone, and the zone as the server
// wrote it ("Etc/UTC", "+02:00").
struct ZonedTimestamp {
    Timestamp local;
    std::string zone;

    friend bool operator==(const ZonedTimestamp&, const ZonedTimestamp&) = default;
};

// INTERVAL YEAR TO MONTH.
struct IntervalYearMonth {
    std::int32_t months = 0;

    friend bool operator==(const IntervalYearMonth&, const IntervalYearMonth&) = default;
};

// INTERVAL DAY TO SECOND; both parts have the interval's sign.
struct IntervalDayTime {
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;  // -999,999,999 to 999,999,999

    friend bool operator==(const IntervalDayTime&, const IntervalDayTime&) = default;
};

// Each reads all of `text` as servers write that type, or nothing: there is no value for what has
// other characters, a day that no calendar has, or more digits than fit. They allocate nothing,
// save for a zone's name, and may be called from any thread.
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text) noexcept;
[[nodiscard]] std::optional<Date> parse_date(std::string_view text) noexcept;
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept;
[[nodiscard]] std::optional<ZonedTimestamp> parse_zoned_timestamp(std::string_view text);
[[nodiscard]] std::optional<IntervalYearMonth> parse_interval_year_month(
    std::string_view text) noexcept;
[[nodiscard]] std::optional<IntervalDayTime> parse_interval_day_time(
    std::string_view text) noexcept;

// As servers write them; what is parsed again is the same value. REQUIRES: a value within the
// ranges above.
[[nodiscard]] std::string to_text(const Decimal& value);
[[nodiscard]] std::string to_text(const Date& value);
[[nodiscard]] std::string to_text(const Timestamp& value);
[[nodiscard]] std::string to_text(const ZonedTimestamp& value);
[[nodiscard]] std::string to_text(const IntervalYearMonth& value);
[[nodiscard]] std::string to_text(const IntervalDayTime& value);

}  // namespace hive
