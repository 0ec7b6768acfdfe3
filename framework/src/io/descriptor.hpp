#pragma once

#include <unistd.h>

#include <utility>

namespace cistern {

// Owns one file descriptor.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int descriptor) noexcept : descriptor_{descriptor} {}
    Descriptor(Descriptor&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        Descriptor{std::move(other)}.swap(*this);
        return *this;
    }
    ~Descriptor() {
        if (is_open()) {
            // Linux has let go of the descriptor even when close() reports a signal.
            ::close(descriptor_);
        }
    }

    [[nodiscard]] int get() const noexcept { return descriptor_; }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    void swap(Descriptor& other) noexcept { std::swap(descriptor_, other.descriptor_); }

private:
    int descriptor_ = -1;
};

}  // namespace cistern
