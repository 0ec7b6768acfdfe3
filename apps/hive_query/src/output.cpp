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
    std::string_view left = buffer_;
    while (!left.empty()) {
        const ssize_t written = ::write(descriptor_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
            continue;
        }
        const int error = errno;
        if (error == EINTR) {
            continue;
        }
        buffer_.clear();
        if (error == EPIPE) {
            throw OutputClosed{name_ + " was closed by its reader"};
        }
        throw OutputError{"cannot write to " + name_ + ": " +
                          std::generic_category().message(error)};
    }
    buffer_.clear();
}

}  // namespace hive_query
