#pragma once

// Numbers as Thrift and SASL send them: the most significant byte first.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

namespace hive {

template <std::size_t kSize>
using UnsignedOf = std::conditional_t<
    kSize == 1,
    std::uint8_t,
    std::conditional_t<kSize == 2,
                       std::uint16_t,
                       std::conditional_t<kSize == 4, std::uint32_t, std::uint64_t>>>;

template <std::unsigned_integral Number>
[[nodiscard]] constexpr Number reversed_bytes(Number number) noexcept {
    if constexpr (sizeof(Number) == 2) {
        return __builtin_bswap16(number);
    } else if constexpr (sizeof(Number) == 4) {
        return __builtin_bswap32(number);
    } else if constexpr (sizeof(Number) == 8) {
        return __builtin_bswap64(number);
    } else {
        return number;
    }
}

template <std::unsigned_integral Number>
[[nodiscard]] constexpr Number between_wire_and_native(Number number) noexcept {
    return std::endian::native == std::endian::little ? reversed_bytes(number) : number;
}

// REQUIRES: as many bytes as the number has
template <class Number>
[[nodiscard]] Number from_big_endian(const char* bytes) noexcept {
    UnsignedOf<sizeof(Number)> number = 0;
    std::memcpy(&number, bytes, sizeof(number));
    return std::bit_cast<Number>(between_wire_and_native(number));
}

[[nodiscard]] inline std::string big_endian(std::uint32_t number) {
    const auto bytes = between_wire_and_native(number);
    return {reinterpret_cast<const char*>(&bytes), sizeof(bytes)};
}

// `count` numbers of `kSize` bytes each (2, 4 or 8), many at a time where the processor can. `from`
// and `to` need no alignment, and do not overlap.
template <std::size_t kSize>
void all_from_big_endian(const char* from, std::size_t count, void* to) noexcept;

}  // namespace hive
