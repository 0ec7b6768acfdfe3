#include "backend/thread/poll_readiness.hpp"

#include <cistern/error.hpp>

#include <poll.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <string>

namespace cistern {
namespace {

// More than c-ares ever has open; a stream has one.
constexpr std::size_t kMostWatches = 16;

short events_of(const Watch& watch) {
    return static_cast<short>((watch.for_reading ? POLLIN : 0) | (watch.for_writing ? POLLOUT : 0));
}

timespec time_left(const Clock& clock, Deadline deadline) {
    const auto left = clock.left(deadline);
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {.tv_sec = whole.count(), .tv_nsec = (left - whole).count()};
}

}  // namespace

bool PollReadiness::wait(std::span<Watch> watches, Deadline deadline) {
    assert(watches.size() <= kMostWatches);
    std::array<pollfd, kMostWatches> polled{};
    for (std::size_t i = 0; i < watches.size(); ++i) {
        polled[i] = {.fd = watches[i].descriptor, .events = events_of(watches[i]), .revents = 0};
    }
    int ready = 0;
    do {
        const auto left = time_left(clock_, deadline);
        ready =
            ::ppoll(polled.data(), watches.size(), deadline.is_never() ? nullptr : &left, nullptr);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) {
        throw IoError{"the system cannot wait for a socket: poll failed with error " +
                      std::to_string(errno)};
    }
    for (std::size_t i = 0; i < watches.size(); ++i) {
        const bool has_error = (polled[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
        auto& watch = watches[i];
        watch.is_readable = watch.for_reading && (has_error || (polled[i].revents & POLLIN) != 0);
        watch.is_writable = watch.for_writing && (has_error || (polled[i].revents & POLLOUT) != 0);
    }
    return ready > 0;
}

}  // namespace cistern
