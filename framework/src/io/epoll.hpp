#pragma once

#include "io/descriptor.hpp"

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>

namespace cistern {

// An id that nothing watched has: the watching thread is to look whether it shall end.
inline constexpr std::uint64_t kWakeUp = 0;
inline constexpr std::size_t kEventsAtOnce = 64;

// Reports `events` of `descriptor` under `id` from now on. False with errno when that cannot be.
[[nodiscard]] inline bool add_to_epoll(const Descriptor& epoll,
                                       int descriptor,
                                       std::uint32_t events,
                                       std::uint64_t id) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    return ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

}  // namespace cistern
