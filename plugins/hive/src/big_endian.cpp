#include "big_endian.hpp"

#ifdef __x86_64__
#include <immintrin.h>

#include <array>
#endif

namespace hive {
namespace {

#ifdef __x86_64__

constexpr std::size_t kBlock = sizeof(__m256i);

// For each byte of a block the place that it comes from, counted within 16 bytes, as the
// instruction does.
template <std::size_t kSize>
constexpr std::array<char, kBlock> places() {
    std::array<char, kBlock> places{};
    for (std::size_t to = 0; to < kBlock; ++to) {
        const auto number = to % 16 / kSize * kSize;
        places[to] = static_cast<char>(number + kSize - 1 - to % kSize);
    }
    return places;
}

// Compiled for processors that a generic x86-64 is not, so called only on those. Returns the bytes
// done.
template <std::size_t kSize>
__attribute__((target("avx2"))) std::size_t reverse_blocks(const char* from,
                                                           std::size_t size,
                                                           char* to) noexcept {
    static constexpr auto kPlaces = places<kSize>();
    const auto shuffle = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kPlaces.data()));
    std::size_t done = 0;
    for (; size - done >= kBlock; done += kBlock) {
        const auto block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + done));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + done),
                            _mm256_shuffle_epi8(block, shuffle));
    }
    return done;
}

template <std::size_t kSize>
std::size_t convert_blocks(const char* from, std::size_t size, char* to) noexcept {
    return __builtin_cpu_supports("avx2") ? reverse_blocks<kSize>(from, size, to) : 0;
}

#else

template <std::size_t kSize>
std::size_t convert_blocks(const char*, std::size_t, char*) noexcept {
    return 0;
}

#endif

}  // namespace

template <std::size_t kSize>
void all_from_big_endian(const char* from, std::size_t count, void* to) noexcept {
    auto* const bytes = static_cast<char*>(to);
    const auto size = count * kSize;
    for (auto done = convert_blocks<kSize>(from, size, bytes); done < size; done += kSize) {
        const auto number = from_big_endian<UnsignedOf<kSize>>(from + done);
        std::memcpy(bytes + done, &number, kSize);
    }
}

template void all_from_big_endian<2>(const char*, std::size_t, void*) noexcept;
template void all_from_big_endian<4>(const char*, std::size_t, void*) noexcept;
template void all_from_big_endian<8>(const char*, std::size_t, void*) noexcept;

}  // namespace hive
