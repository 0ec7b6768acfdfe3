#include "paged_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace hive_query {

std::string pager_command(const std::string& pager) {
    if (!pager.empty()) {
        return pager == "off" ? std::string{} : pager;
    }
    const char* const named = std::getenv("PAGER");
    if (named != nullptr) {
        return named;
    }
    return "if command -v less >/dev/null; then exec less -S; else exec cat; fi";
}

PagedOutput::PagedOutput(int descriptor, std::function<std::size_t()> screen_lines)
    : Output{descriptor}, screen_lines_{std::move(screen_lines)} {}

PagedOutput::~PagedOutput() {
    stop();
}

void PagedOutput::put(std::string_view text) {
    if (pipe_ >= 0) {
        write_to(pipe_, text);
        return;
    }
    if (command_.empty()) {
        write_to(descriptor(), text);
        return;
    }
    held_ += text;
    held_lines_ += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    // The row count and the prompt come below.
    if (held_lines_ + 2 > screen_lines_()) {
        start();
        const std::string held = std::exchange(held_, {});
        write_to(pipe_ >= 0 ? pipe_ : descriptor(), held);
    }
}

void PagedOutput::finish() {
    flush();
    const std::string held = std::exchange(held_, {});
    held_lines_ = 0;
    stop();
    write_to(descriptor(), held);
}

void PagedOutput::start() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return;
    }
    pager_ = std::make_unique<Child>(command_, ends[0]);
    ::close(ends[0]);
    pipe_ = ends[1];
}

// The pager knows by the closed pipe that it has seen all.
void PagedOutput::stop() noexcept {
    if (pipe_ >= 0) {
        ::close(std::exchange(pipe_, -1));
    }
    pager_.reset();
}

}  // namespace hive_query
