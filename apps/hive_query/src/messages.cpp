#include "messages.hpp"

#include "console/printable.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace hive_query {
namespace {

[[nodiscard]] std::size_t columns_of(int terminal) noexcept {
    winsize size{};
    const bool is_known = ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : 80;
}

}  // namespace

Messages::Messages(int descriptor, bool silent)
    : descriptor_{descriptor}, is_silent_{silent}, is_terminal_{::isatty(descriptor) == 1} {}

void Messages::error(std::string_view text) {
    const std::lock_guard lock{mutex_};
    write(erase_status() + console::printable_lines(text));
}

void Messages::note(std::string_view text) {
    if (!is_silent_) {
        error(text);
    }
}

void Messages::status(std::string_view text) {
    const std::lock_guard lock{mutex_};
    std::string line = console::printable(text);
    if (!is_terminal_) {
        write(line + "\n");
        return;
    }
    const std::size_t columns = columns_of(descriptor_);
    line.resize(std::min(line.size(), columns - 1));
    const std::string before = erase_status();
    has_status_ = true;
    write(before + line);
}

void Messages::clear_status() {
    const std::lock_guard lock{mutex_};
    write(erase_status());
}

std::string Messages::erase_status() {
    if (!has_status_) {
        return {};
    }
    has_status_ = false;
    return "\r\x1b[K";
}

void Messages::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor_, text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return;
        }
        text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
}

}  // namespace hive_query
