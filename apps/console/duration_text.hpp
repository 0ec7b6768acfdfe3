#pragma once

#include <chrono>
#include <string>

namespace console {

// A duration as a person says it: "870 us", "12.3 ms", "4.02 s", "12 min 5 s".
[[nodiscard]] std::string duration_text(std::chrono::nanoseconds duration);

// Seconds with two digits, "0.21", as row counts have had it for long.
[[nodiscard]] std::string seconds_text(std::chrono::nanoseconds duration);

// 1234567 as "1,234,567".
[[nodiscard]] std::string count_text(unsigned long long count);

// "1 lease", "1,200 leases".
[[nodiscard]] std::string counted(unsigned long long count, const std::string& noun);

}  // namespace console
