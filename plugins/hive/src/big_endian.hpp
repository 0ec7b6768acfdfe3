#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hive {

[[nodiscard]] inline std::string big_endian(std::uint32_t number) {
    return {static_cast<char>(number >> 24),
            static_cast<char>(number >> 16),
            static_cast<char>(number >> 8),
            static_cast<char>(number)};
}

// REQUIRES: four bytes
[[nodiscard]] inline std::uint32_t from_big_endian(std::string_view bytes) noexcept {
    std::uint32_t number = 0;
    for (const char byte : bytes) {
        number = number << 8 | static_cast<unsigned char>(byte);
    }
    return number;
}

}  // namespace hive
