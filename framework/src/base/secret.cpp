#include <cistern/secret.hpp>

#include <string.h>

#include <utility>

namespace cistern {

// Both sides may share a small buffer inside the object itself, so the moved-from one is wiped too.
Secret::Secret(Secret&& other) noexcept : value_{other.value_} {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        std::string copy{other.value_};
        wipe();
        value_ = std::move(copy);
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_.swap(other.value_);
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

void Secret::wipe() noexcept {
    ::explicit_bzero(value_.data(), value_.size());
    value_.clear();
}

}  // namespace cistern
