#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

// A file in memory that stands in for standard output or standard error.
class Capture {
public:
    Capture() : descriptor_{::memfd_create("capture", MFD_CLOEXEC)} {
        if (descriptor_ < 0) {
            throw std::runtime_error{"no memory file"};
        }
    }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;
    ~Capture() { ::close(descriptor_); }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] std::string text() const {
        const off_t size = ::lseek(descriptor_, 0, SEEK_END);
        std::string out(static_cast<std::size_t>(size), '\0');
        const ssize_t got = ::pread(descriptor_, out.data(), out.size(), 0);
        out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return out;
    }

private:
    int descriptor_;
};
