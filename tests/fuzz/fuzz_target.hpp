#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// What each target defines. libFuzzer calls it with inputs that it makes up, replay_main.cpp with
// those that are kept. Zero, or a crash: whatever a target finds wrong, it says with fail().
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace cistern::fuzz {

// Says what an input broke and ends the process.
[[noreturn]] void fail(const std::string& what);

inline void require(bool holds, const std::string& what) {
    if (!holds) {
        fail(what);
    }
}

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

// Sizes that only the input decides, so that each input is cut the same way every time.
class Pieces {
public:
    explicit Pieces(std::string_view input) noexcept {
        for (const char byte : input) {
            state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;  // FNV-1a
        }
        state_ |= 1U;
    }

    // From 1 to `most`, small ones more often.
    [[nodiscard]] std::size_t next(std::size_t most) noexcept {
        state_ ^= state_ << 13U;  // xorshift
        state_ ^= state_ >> 7U;
        state_ ^= state_ << 17U;
        const auto below = (state_ & 3U) == 0 ? most : (most + 15) / 16;
        return 1 + static_cast<std::size_t>((state_ >> 8U) % below);
    }

private:
    std::uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace cistern::fuzz
