#include <cistern/secret.hpp>

#include <string.h>

#include <utility>

namespace cistern {
namespace {

// All of its memory, not only what it holds now: a short text that was moved out of a string stays
// in the string's own small buffer.
void wipe(std::string& text) noexcept {
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Whether text[begin, end) goes on, on either side, as the same word.
bool is_part_of_word(std::string_view text, std::size_t begin, std::size_t end) noexcept {
    const bool goes_back = begin > 0 && is_word(text[begin - 1]) && is_word(text[begin]);
    return goes_back || (end < text.size() && is_word(text[end - 1]) && is_word(text[end]));
}

}  // namespace

Secret::Secret(std::string value) noexcept : value_{std::move(value)} {
    wipe(value);
}

Secret::Secret(Secret&& other) noexcept : value_{std::move(other.value_)} {
    wipe(other.value_);
}

// Without a temporary, whose memory would have to be wiped as well.
Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe(value_);
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(value_);
        value_ = std::move(other.value_);
        wipe(other.value_);
    }
    return *this;
}

Secret::~Secret() {
    wipe(value_);
}

std::string hide(std::string_view text, const Secret& secret) {
    const auto hidden = secret.reveal();
    std::string shown;
    std::size_t copied = 0;
    auto found = hidden.empty() ? std::string_view::npos : text.find(hidden);
    while (found != std::string_view::npos) {
        const auto end = found + hidden.size();
        if (is_part_of_word(text, found, end)) {
            found = text.find(hidden, found + 1);  // another one may begin inside this one
            continue;
        }
        shown.append(text.substr(copied, found - copied)).append("***");
        copied = end;
        found = text.find(hidden, end);
    }
    return shown.append(text.substr(copied));
}

}  // namespace cistern
