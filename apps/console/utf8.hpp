#pragma once

#include <cstddef>
#include <string_view>

namespace console {

// One character of a text that claims to be UTF-8.
struct Character {
    char32_t code = 0;
    std::size_t size = 1;  // bytes it takes; 1 for a byte that belongs to no character
    bool valid = false;
};

// The character that starts at `at`. Overlong forms, surrogates and what lies past U+10FFFF are not
// characters. REQUIRES: at < text.size()
[[nodiscard]] Character character_at(std::string_view text, std::size_t at) noexcept;

}  // namespace console
