#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox {

// Each takes a text in any spelling Hive accepts and gives the one HiveServer2 sends, or nothing.

// "2024-02-29", of a date or a timestamp.
[[nodiscard]] std::optional<std::string> date_text(std::string_view text);
// "2024-02-29 13:14:15.5": no fraction when it is zero, up to nine digits of it otherwise.
[[nodiscard]] std::optional<std::string> timestamp_text(std::string_view text);
// "2024-02-29 13:14:15.5 UTC": always a fraction; a zone that is given is kept, else it is UTC.
[[nodiscard]] std::optional<std::string> local_timestamp_text(std::string_view text);
// "1-2": years and months.
[[nodiscard]] std::optional<std::string> year_month_text(std::string_view text);
// "3 04:05:06.789000000": days, hours, minutes, seconds.
[[nodiscard]] std::optional<std::string> day_time_text(std::string_view text);

[[nodiscard]] std::string timestamp_of_epoch(std::int64_t seconds);

}  // namespace sandbox
