#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace hive_query {

Output::Output(int descriptor, std::string name)
    : name_{std::move(name)}, descriptor_{descriptor}, is_terminal_{::isatty(descriptor) == 1} {
    buffer_.reserve(kWorthWriting + kWorthWriting / 4);
}

void Output::flush() {
    std::string text;
    text.swap(buffer_);
    put(text);
    // The memory is used again.
    text.clear();
    buffer_.swap(text);
}

void Output::put(std::string_view text) {
    write_to(descriptor_, text);
}

void Output::write_to(int descriptor, std::string_view text) const {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        const int error = errno;
        if (error == EPIPE) {
            throw OutputClosed{name_ + " was closed by its reader"};
        }
        if (error != EINTR) {
            throw OutputError{"cannot write to " + name_ + ": " +
                              std::generic_category().message(error)};
        }
    }
}

}  // namespace hive_query
