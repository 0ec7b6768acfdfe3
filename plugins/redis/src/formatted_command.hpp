#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace redis {

// One command as it goes over the wire. Every argument is sent with its length, so no argument can
// be taken for another command.
class FormattedCommand {
public:
    // cistern::Error when there is nothing to send or more than can be.
    explicit FormattedCommand(std::span<const std::string_view> argv);

    [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_.get(), size_}; }
    // Overwrites the bytes, for a command that holds a password.
    void wipe() noexcept;

private:
    struct Free {
        void operator()(char* bytes) const noexcept;
    };

    std::unique_ptr<char, Free> bytes_;
    std::size_t size_ = 0;
};

}  // namespace redis
