#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hive {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Takes a text apart from its front.
class TextCursor {
public:
    explicit TextCursor(std::string_view text) noexcept : rest_{text} {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    bool take(char c) noexcept {
        const bool is_next = !rest_.empty() && rest_.front() == c;
        rest_.remove_prefix(is_next ? 1 : 0);
        return is_next;
    }
    // All digits that are next; none is an empty answer.
    std::string_view digits() noexcept {
        std::size_t count = 0;
        while (count < rest_.size() && is_digit(rest_[count])) {
            ++count;
        }
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    // A number of `least` to `most` digits. REQUIRES: most <= 18
    std::optional<std::int64_t> number(std::size_t least, std::size_t most) noexcept {
        const auto text = digits();
        if (text.size() < least || text.size() > most) {
            return std::nullopt;
        }
        std::int64_t value = 0;
        for (const char c : text) {
            value = value * 10 + (c - '0');
        }
        return value;
    }

private:
    std::string_view rest_;
};

}  // namespace hive
