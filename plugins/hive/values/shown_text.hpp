#pragma once

#include <string>
#include <string_view>

namespace hive {

// What a message shows of a text from outside: its first bytes, without control characters, cut
// where a character begins.
[[nodiscard]] inline std::string shown(std::string_view text) {
    constexpr std::size_t kMost = 64;
    std::size_t size = text.size();
    if (size > kMost) {
        size = kMost;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
            --size;
        }
    }
    std::string out{text.substr(0, size)};
    for (char& c : out) {
        c = static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
    }
    return out + (size < text.size() ? "..." : "");
}

}  // namespace hive
