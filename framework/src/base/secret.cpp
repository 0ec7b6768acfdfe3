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

}  // namespace cistern
