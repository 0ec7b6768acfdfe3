#include "duration_text.hpp"

#include <array>
#include <cstddef>
#include <cstdio>

namespace console {
namespace {

template <class... Values>
[[nodiscard]] std::string print(const char* pattern, Values... values) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), pattern, values...);
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string duration_text(std::chrono::nanoseconds duration) {
    const auto count = static_cast<double>(duration.count());
    if (count < 1e6) {
        return print("%.0f us", count / 1e3);
    }
    if (count < 1e9) {
        return print("%.1f ms", count / 1e6);
    }
    if (count < 60e9) {
        return print("%.2f s", count / 1e9);
    }
    const auto seconds = static_cast<long long>(count / 1e9);
    return print("%lld min %lld s", seconds / 60, seconds % 60);
}

std::string seconds_text(std::chrono::nanoseconds duration) {
    return print("%.2f", static_cast<double>(duration.count()) / 1e9);
}

std::string count_text(unsigned long long count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

std::string counted(unsigned long long count, const std::string& noun) {
    return count_text(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace console
